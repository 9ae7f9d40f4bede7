import { describe, expect, test } from '@jest/globals'
import type { ReplicaSet } from '../kinds/apps/replica-set.ts'
import type { Pod } from '../kinds/core/pod.ts'
import { rfc3339 } from '../util/clock.ts'
import { podsToDelete, replicaSetStatus, replicasToCreateOrDelete } from './replicaset-pods.ts'

const now = Date.UTC(2026, 0, 1)

interface Given {
  node?: string
  phase?: string
  /** Seconds since it became ready; absent: it is not. */
  ready?: number
  age?: number
  restarts?: number
  cost?: number
  labels?: Record<string, string>
  deleted?: boolean
}

function pod(
  uid: string,
  { node = 'n', phase = 'Running', ready, age = 100, restarts = 0, ...given }: Given = {},
): Pod {
  const ago = (seconds: number) => rfc3339(now - seconds * 1000)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: uid,
      uid,
      creationTimestamp: ago(age),
      labels: given.labels ?? {},
      ...(given.deleted ? { deletionTimestamp: ago(0) } : {}),
      ...(given.cost === undefined
        ? {}
        : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': String(given.cost) } }),
    },
    spec: { containers: [], ...(node ? { nodeName: node } : {}) },
    status: {
      phase,
      containerStatuses: [{ restartCount: restarts }],
      conditions:
        ready === undefined
          ? [{ type: 'Ready', status: 'False' }]
          : [{ type: 'Ready', status: 'True', lastTransitionTime: ago(ready) }],
    },
  } as unknown as Pod
}

const set = (replicas: number, spec: object = {}, status: object = {}) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'rs', generation: 7 },
    spec: { replicas, selector: {}, template: { metadata: { labels: { app: 'web' } } }, ...spec },
    status,
  }) as unknown as ReplicaSet

describe('which pod is deleted first', () => {
  test.each<[string, Given, Given]>([
    ['one without a node', { node: '', ready: 100 }, { ready: 100 }],
    ['a pending one', { phase: 'Pending' }, { phase: 'Running' }],
    ['one whose state is unknown', { phase: 'Unknown' }, { phase: 'Running' }],
    ['one that is not ready', {}, { ready: 5 }],
    ['one that costs less', { ready: 100, cost: -1 }, { ready: 100 }],
    ['one that became ready later', { ready: 10 }, { ready: 1000 }],
    ['one that restarted more', { ready: 10, restarts: 3 }, { ready: 10, restarts: 1 }],
    ['the younger one', { age: 10 }, { age: 1000 }],
  ])('%s', (_, first, second) => {
    const [a, b] = [pod('z', first), pod('a', second)]
    expect(podsToDelete([b, a], [], 1, now)).toEqual([a])
    expect(podsToDelete([a, b], [], 1, now)).toEqual([a])
  })

  test('one of a node with more of the Deployment', () => {
    const [alone, doubled] = [pod('a', { node: 'n1', ready: 10 }), pod('b', { node: 'n2', ready: 10 })]
    const related = [alone, doubled, pod('c', { node: 'n2', ready: 10 })]
    expect(podsToDelete([alone, doubled], related, 1, now)).toEqual([doubled])
  })

  test('among about equal ages the uid decides, not the age', () => {
    const [older, younger] = [pod('a', { ready: 1000, age: 1000 }), pod('b', { ready: 900, age: 900 })]
    expect(podsToDelete([younger, older], [], 1, now)).toEqual([older])
  })
})

test.each([
  ['missing ones are made', 3, 1, { create: 2 }],
  ['nothing', 2, 2, { create: 0 }],
  ['never more than 500 at once', 2000, 0, { create: 500 }],
])('%s', (_, wanted, there, expected) => {
  const pods = Array.from({ length: there }, (_, i) => pod(`p${i}`))
  expect(replicasToCreateOrDelete(set(wanted), pods, pods, now)).toEqual(expected)
})

test('too many are deleted, all of them when none is wanted', () => {
  const pods = [pod('a', { ready: 10 }), pod('b')]
  expect(replicasToCreateOrDelete(set(1), pods, pods, now)).toEqual({ delete: [pods[1]] })
  expect(replicasToCreateOrDelete(set(0), pods, pods, now)).toEqual({ delete: pods })
})

describe('status', () => {
  test('counts, with pods that go counted apart', () => {
    const pods = [
      pod('a', { ready: 20, labels: { app: 'web' } }),
      pod('b', { ready: 5, labels: { app: 'web' } }),
      pod('c'),
      pod('d', { ready: 20, deleted: true }),
      pod('e', { phase: 'Failed' }),
    ]
    expect(replicaSetStatus(set(3, { minReadySeconds: 10 }), pods, undefined, now)).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 1,
      terminatingReplicas: 1,
      observedGeneration: 7,
    })
  })

  test('zeros are left out as Go leaves them out', () => {
    expect(replicaSetStatus(set(0), [], undefined, now)).toEqual({
      replicas: 0,
      terminatingReplicas: 0,
      observedGeneration: 7,
    })
  })

  test('a failure is told, kept while it lasts, and taken away', () => {
    const failing = replicaSetStatus(set(1), [], { reason: 'FailedCreate', message: 'quota' }, now)
    expect(failing.conditions).toEqual([
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'quota',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ])
    const again = replicaSetStatus(set(1, {}, failing), [], { reason: 'FailedCreate', message: 'other' }, now + 5000)
    expect(again.conditions).toEqual(failing.conditions)
    expect(replicaSetStatus(set(1, {}, failing), [], undefined, now).conditions).toBeUndefined()
  })
})
