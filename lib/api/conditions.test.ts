import { expect, test } from '@jest/globals'
import { type Condition, findCondition, isPodActive, isPodAvailable, isPodReady, setCondition } from './conditions.ts'

const t0 = '2026-01-01T00:00:00Z'
const t1 = '2026-01-01T00:01:00Z'

test('a condition keeps its time until its status changes', () => {
  const first = setCondition<Condition>(undefined, { type: 'Ready', status: 'False', reason: 'Starting' }, t0)
  expect(first).toEqual([{ type: 'Ready', status: 'False', reason: 'Starting', lastTransitionTime: t0 }])
  const same = setCondition(first, { type: 'Ready', status: 'False', reason: 'StillStarting' }, t1)
  expect(findCondition(same, 'Ready')).toMatchObject({ reason: 'StillStarting', lastTransitionTime: t0 })
  const changed = setCondition(same, { type: 'Ready', status: 'True' }, t1)
  expect(changed).toEqual([{ type: 'Ready', status: 'True', lastTransitionTime: t1 }])
})

test('the list given is not changed, and others keep their places', () => {
  const list: readonly Condition[] = Object.freeze([
    Object.freeze({ type: 'A', status: 'True', lastTransitionTime: t0 }),
    Object.freeze({ type: 'B', status: 'True', lastTransitionTime: t0 }),
  ])
  const next = setCondition(list, { type: 'A', status: 'False' }, t1)
  expect(next.map(({ type }) => type)).toEqual(['A', 'B'])
  expect(next[1]).toBe(list[1])
})

test('a pod is available when it has been ready long enough', () => {
  const pod = { metadata: {}, status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: t0 }] } }
  expect(isPodReady(pod)).toBe(true)
  expect(isPodAvailable(pod, 30, Date.parse(t0) + 29_000)).toBe(false)
  expect(isPodAvailable(pod, 30, Date.parse(t0) + 30_000)).toBe(true)
  expect(isPodAvailable({ metadata: {}, status: {} }, 0, 0)).toBe(false)
})

test.each([
  [{ metadata: {}, status: { phase: 'Running' } }, true],
  [{ metadata: {}, status: { phase: 'Failed' } }, false],
  [{ metadata: { deletionTimestamp: t0 }, status: { phase: 'Running' } }, false],
])('active pods are what controllers count: %j', (pod, isActive) => expect(isPodActive(pod)).toBe(isActive))
