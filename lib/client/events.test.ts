import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Event } from '../kinds/core/event.ts'
import { FakeClock } from '../util/clock.ts'
import { silentLogger } from '../util/log.ts'
import { EventRecorder } from './events.ts'
import { FakeClient } from './fake-client.ts'

let stop: AbortController
let server: FakeClient
let clock: FakeClock
let recorder: EventRecorder

beforeEach(() => {
  stop = new AbortController()
  server = new FakeClient()
  clock = new FakeClock()
  recorder = new EventRecorder({ client: server.as(), component: 'kubelet', host: 'n1', log: silentLogger, clock })
  recorder.run(stop.signal)
})
afterEach(() => stop.abort())

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'a', name: 'web', uid: 'u', resourceVersion: '7' } }
const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', uid: 'n' } }
const settle = () => new Promise(resolve => setImmediate(resolve))
const written = () => [...server.objects.values()] as Event[]

test('an event as upstream writes it', async () => {
  recorder.event(pod, 'Normal', 'Started', 'Started container c')
  await settle()
  const [event] = written()
  expect(event?.metadata.name).toMatch(/^web\.[0-9a-f]{16}$/)
  expect(event).toMatchObject({
    metadata: { namespace: 'a' },
    involvedObject: { kind: 'Pod', apiVersion: 'v1', namespace: 'a', name: 'web', uid: 'u', resourceVersion: '7' },
    type: 'Normal',
    reason: 'Started',
    message: 'Started container c',
    source: { component: 'kubelet', host: 'n1' },
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:00:00Z',
    count: 1,
    reportingComponent: 'kubelet',
    reportingInstance: 'n1',
  })
})

test('about an object without namespace: in default', async () => {
  recorder.event(node, 'Normal', 'Starting', 'Starting kubelet.')
  await settle()
  expect(written()[0]?.metadata.namespace).toBe('default')
})

test('again: counted, and made anew when the first has expired', async () => {
  recorder.event(pod, 'Normal', 'Pulled', 'same')
  recorder.event(pod, 'Normal', 'Pulled', 'same')
  await settle()
  expect(written()).toHaveLength(1)
  expect(written()[0]?.count).toBe(2)
  server.objects.clear()
  recorder.event(pod, 'Normal', 'Pulled', 'same')
  await settle()
  expect(written()[0]?.count).toBe(3)
})

test('without an answer it is tried again, in order', async () => {
  server.down = true
  recorder.event(pod, 'Normal', 'A', 'first')
  recorder.event(pod, 'Normal', 'B', 'second')
  await settle()
  expect(written()).toEqual([])
  server.down = false
  await clock.advance(10_000)
  expect(written().map(event => event.message)).toEqual(['first', 'second'])
})
