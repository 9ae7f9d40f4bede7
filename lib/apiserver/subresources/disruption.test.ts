import { describe, expect, test } from '@jest/globals'
import type { Pod } from '../../kinds/core/pod.ts'
import type { PodDisruptionBudget } from '../../kinds/policy/pod-disruption-budget.ts'
import { disrupted, mayBecomeReady, maySkipBudget, needsNoBudget, spent } from './disruption.ts'

const now = Date.parse('2026-01-02T03:04:05Z')
const pod = (status: object = {}, metadata: object = {}) =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', ...metadata },
    status: { phase: 'Running', ...status },
  }) as Pod
const ready = { conditions: [{ type: 'Ready', status: 'True' }] }
const budget = (status: object = {}, spec: object = {}) =>
  ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b', generation: 2 },
    spec,
    status: {
      observedGeneration: 2,
      disruptionsAllowed: 2,
      currentHealthy: 3,
      desiredHealthy: 1,
      expectedPods: 3,
      ...status,
    },
  }) as PodDisruptionBudget

test.each([
  [pod(), false, true],
  [pod({ phase: 'Pending' }), true, true],
  [pod({ phase: 'Succeeded' }), true, false],
  [pod({ phase: 'Failed' }), true, false],
  [pod({}, { deletionTimestamp: 'now' }), true, false],
])('%j costs no budget: %s; may become ready: %s', (given, free, mayBecome) => {
  expect([needsNoBudget(given), mayBecomeReady(given)]).toEqual([free, mayBecome])
})

test.each([
  ['a ready pod never', pod(ready), budget({}, { unhealthyPodEvictionPolicy: 'AlwaysAllow' }), false],
  ['one that is not while enough are', pod(), budget(), true],
  ['one that is not while too few are', pod(), budget({ currentHealthy: 0 }), false],
  ['one that is not while none are wanted', pod(), budget({ desiredHealthy: 0 }), false],
  [
    'one that is not where that is always allowed',
    pod(),
    budget({ currentHealthy: 0 }, { unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
    true,
  ],
])('skips the budget: %s', (_, given, its, expected) => {
  expect(maySkipBudget(given, its)).toBe(expected)
})

describe('spending', () => {
  test('one disruption less, and the pod noted', () => {
    expect(spent(budget({ disruptedPods: { q: 'before' } }), pod(), now).status).toEqual({
      ...budget().status,
      disruptionsAllowed: 1,
      disruptedPods: { q: 'before', p: '2026-01-02T03:04:05Z' },
    })
  })

  test('the last one says so in the condition', () => {
    expect(spent(budget({ disruptionsAllowed: 1 }), pod(), now).status?.conditions).toEqual([
      {
        type: 'DisruptionAllowed',
        status: 'False',
        reason: 'InsufficientPods',
        message: '',
        observedGeneration: 2,
        lastTransitionTime: '2026-01-02T03:04:05Z',
      },
    ])
  })

  const condition = (reason: string, message: string) => ({
    conditions: [{ type: 'DisruptionAllowed', status: 'False', reason, message }],
  })
  const tooMany = "Cannot evict pod as it would violate the pod's disruption budget."
  test.each([
    [{ observedGeneration: 1 }, 429, tooMany, 'The disruption budget b is still being processed by the server.', 10],
    [
      { disruptionsAllowed: 0, currentHealthy: 1 },
      429,
      tooMany,
      'The disruption budget b needs 1 healthy pods and has 1 currently',
      undefined,
    ],
    [
      { disruptionsAllowed: 0, ...condition('SyncFailed', 'found no controllers') },
      429,
      tooMany,
      'The disruption budget b does not allow evicting pods currently because it failed sync: found no controllers',
      undefined,
    ],
    [
      { disruptionsAllowed: 0, ...condition('Why', 'because') },
      429,
      tooMany,
      'The disruption budget b does not allow evicting pods currently (Why): because',
      undefined,
    ],
    [
      { disruptionsAllowed: 0 },
      429,
      tooMany,
      'The disruption budget b does not allow evicting pods currently',
      undefined,
    ],
    [
      { disruptionsAllowed: -1 },
      403,
      'poddisruptionbudget.policy "b" is forbidden: pdb disruptions allowed is negative',
      undefined,
      undefined,
    ],
    [
      { disruptedPods: Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`p${i}`, 'now'])) },
      403,
      'poddisruptionbudget.policy "b" is forbidden: DisruptedPods map too big - too many evictions not confirmed by PDB controller',
      undefined,
      undefined,
    ],
  ])('is refused', (status, code, message, cause, retryAfterSeconds) => {
    const spend = () => spent(budget(status), pod(), now)
    expect(spend).toThrow(message)
    const details = cause ? { causes: [{ reason: 'DisruptionBudget', message: cause }] } : {}
    expect(() => spend()).toThrow(
      expect.objectContaining({
        code,
        details: expect.objectContaining({ ...details, ...(retryAfterSeconds ? { retryAfterSeconds } : {}) }),
      }),
    )
  })
})

test('a pod is told why it goes', () => {
  expect(disrupted(pod(ready, { generation: 3 }), now).status?.conditions).toEqual([
    ready.conditions[0],
    {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
      observedGeneration: 3,
      lastTransitionTime: '2026-01-02T03:04:05Z',
    },
  ])
})
