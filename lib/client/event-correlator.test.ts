import { expect, test } from '@jest/globals'
import type { Event } from '../kinds/core/event.ts'
import { EventCorrelator } from './event-correlator.ts'

let serial = 0
const event = (message: string, name = 'web', reason = 'Started'): Event => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${name}.${++serial}`, namespace: 'default' },
  involvedObject: { kind: 'Pod', namespace: 'default', name, uid: name },
  reason,
  message,
  source: { component: 'kubelet' },
  type: 'Normal',
  firstTimestamp: `t${serial}`,
  lastTimestamp: `t${serial}`,
  count: 1,
})

test('the same event again counts on the first', () => {
  const correlator = new EventCorrelator()
  const first = event('one')
  expect(correlator.correlate(first, 0)).toMatchObject({ action: 'create', event: first })
  const again = event('one')
  expect(correlator.correlate(again, 1000)).toMatchObject({
    action: 'patch',
    event: {
      metadata: { name: first.metadata.name },
      count: 2,
      firstTimestamp: first.firstTimestamp,
      lastTimestamp: again.lastTimestamp,
    },
  })
  expect(correlator.correlate(event('one', 'other'), 1000)).toMatchObject({ action: 'create' })
  expect(correlator.correlate(event('one', 'web', 'Other'), 1000)).toMatchObject({ action: 'create' })
})

test('from the tenth different message on, events of one reason are one', () => {
  const correlator = new EventCorrelator()
  const results = Array.from({ length: 12 }, (_, i) => correlator.correlate(event(`message ${i}`), i))
  expect(results.map(result => result.action)).toEqual([...Array(10).fill('create'), 'patch', 'patch'])
  expect(results[9]).toMatchObject({ event: { message: '(combined from similar events): message 9', count: 1 } })
  expect(results[11]).toMatchObject({ event: { message: '(combined from similar events): message 11', count: 3 } })
  const later = 11 + 600_001
  expect(correlator.correlate(event('much later'), later)).toMatchObject({ event: { message: 'much later' } })
})

test('an object may have 25 events at once, then one in five minutes', () => {
  const correlator = new EventCorrelator()
  const actions = Array.from({ length: 27 }, () => correlator.correlate(event('again'), 0).action)
  expect(actions.filter(action => action === 'skip')).toHaveLength(2)
  expect(correlator.correlate(event('again', 'other'), 0).action).toBe('create')
  expect(correlator.correlate(event('again'), 299_000).action).toBe('skip')
  expect(correlator.correlate(event('again'), 300_000).action).toBe('patch')
  expect(correlator.correlate(event('again'), 300_001).action).toBe('skip')
})
