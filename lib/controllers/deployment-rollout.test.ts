import { describe, expect, test } from '@jest/globals'
import type { Deployment } from '../kinds/apps/deployment.ts'
import type { ReplicaSet } from '../kinds/apps/replica-set.ts'
import type { Pod } from '../kinds/core/pod.ts'
import { draftsOf } from './deployment-replica-sets.ts'
import { type Rollout, rollout } from './deployment-rollout.ts'
import { scale } from './deployment-scale.ts'

const now = Date.UTC(2026, 0, 1)
const time = '2026-01-01T00:00:00Z'

interface Given {
  replicas?: number
  maxSurge?: number | string
  maxUnavailable?: number | string
  type?: string
  image?: string
  paused?: boolean
  status?: NonNullable<Deployment['status']>
  spec?: Partial<NonNullable<Deployment['spec']>>
  annotations?: Record<string, string>
}

function deployment({ replicas = 10, maxSurge = 3, maxUnavailable = 2, type = 'RollingUpdate', ...given }: Given = {}) {
  const d = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'default', name: 'web', uid: 'd', generation: 1, annotations: given.annotations ?? {} },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      strategy: { type, ...(type === 'Recreate' ? {} : { rollingUpdate: { maxSurge, maxUnavailable } }) },
      template: template(given.image ?? 'new'),
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      ...(given.paused ? { paused: true } : {}),
      ...given.spec,
    },
    ...(given.status ? { status: given.status } : {}),
  }
  return d as unknown as Deployment
}

function template(image: string, labels: Record<string, string> = { app: 'web' }) {
  return { metadata: { labels }, spec: { containers: [{ name: 'c', image }] } }
}

interface Set {
  image?: string
  size: number
  available?: number
  pods?: number
  revision?: number
  created?: string
  desired?: number
  max?: number
}

function replicaSet(name: string, { size, available = size, pods = size, ...given }: Set): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      namespace: 'default',
      name,
      uid: name,
      generation: 1,
      creationTimestamp: given.created ?? '2025-01-01T00:00:00Z',
      annotations: {
        'deployment.kubernetes.io/revision': String(given.revision ?? 1),
        'deployment.kubernetes.io/desired-replicas': String(given.desired ?? 10),
        'deployment.kubernetes.io/max-replicas': String(given.max ?? 13),
      },
    },
    spec: {
      replicas: size,
      selector: {},
      template: template(given.image ?? name, { app: 'web', 'pod-template-hash': name }),
    },
    status: { replicas: pods, readyReplicas: available, availableReplicas: available, observedGeneration: 1 },
  } as unknown as ReplicaSet
}

const plan = (d: Deployment, sets: ReplicaSet[], podsOf: (uid: string) => Pod[] = () => [], nowMs = now) =>
  rollout({ deployment: d, replicaSets: sets, podsOf, nowMs })

const sizes = ({ drafts }: Rollout) =>
  Object.fromEntries(drafts.map(({ rs, stored }) => [stored ? rs.metadata.name : 'created', rs.spec?.replicas]))

const condition = ({ status }: Rollout, type: string) => status.conditions?.find(c => c.type === type)

describe('the next step of a rolling update of 10 pods, 3 more and 2 fewer at most', () => {
  test.each<[string, ReplicaSet[], Record<string, number>]>([
    ['nothing there: all at once', [], { created: 10 }],
    ['the new one begins with the surge', [replicaSet('old', { size: 10 })], { created: 3, old: 8 }],
    [
      'old ones go as new ones become available',
      [replicaSet('old', { size: 8 }), replicaSet('new', { size: 5, available: 3 })],
      { old: 5, new: 5 },
    ],
    [
      'first up, and only in a further step down',
      [replicaSet('old', { size: 5 }), replicaSet('new', { size: 5 })],
      { old: 5, new: 8 },
    ],
    [
      'nothing moves while the new ones are not available',
      [replicaSet('old', { size: 8 }), replicaSet('new', { size: 5, available: 0 })],
      { old: 8, new: 5 },
    ],
    [
      'broken old ones go first, oldest set first',
      [
        replicaSet('older', { size: 4, available: 0, created: '2024-01-01T00:00:00Z' }),
        replicaSet('old', { size: 4, available: 4 }),
        replicaSet('new', { size: 5, available: 5 }),
      ],
      { older: 0, old: 3, new: 5 },
    ],
    [
      'rollover: a third template takes what room there is, the others make some',
      [replicaSet('old', { size: 8 }), replicaSet('other', { size: 5, available: 0, created: '2025-02-01T00:00:00Z' })],
      { created: 0, old: 8, other: 0 },
    ],
    ['the new one has more than is wanted', [replicaSet('new', { size: 12 })], { new: 10 }],
    ['complete', [replicaSet('old', { size: 0 }), replicaSet('new', { size: 10 })], { old: 0, new: 10 }],
  ])('%s', (_, sets, expected) => {
    expect(sizes(plan(deployment(), sets))).toEqual(expected)
  })

  test.each<[string, number, string | number, string | number, Record<string, number>]>([
    ['25% of 10 is 3 up and 2 down', 10, '25%', '25%', { created: 3, old: 8 }],
    ['25% of 1: one more first', 1, '25%', '25%', { created: 1, old: 1 }],
    ['no surge: down first', 4, 0, 1, { created: 0, old: 3 }],
    ['both zero: one down', 4, 0, 0, { created: 0, old: 3 }],
  ])('%s', (_, replicas, maxSurge, maxUnavailable, expected) => {
    const old = replicaSet('old', { size: replicas, desired: replicas })
    expect(sizes(plan(deployment({ replicas, maxSurge, maxUnavailable }), [old]))).toEqual(expected)
  })
})

describe('revisions', () => {
  test('a new ReplicaSet follows the highest, has the annotations but not the last-applied one, and the hash', () => {
    const d = deployment({ annotations: { team: 'a', 'kubectl.kubernetes.io/last-applied-configuration': '{}' } })
    const { drafts, revision } = plan(d, [replicaSet('old', { size: 10, revision: 4 })])
    const created = drafts.find(({ stored }) => !stored)?.rs
    expect(revision).toBe('5')
    expect(created?.metadata.annotations).toEqual({
      team: 'a',
      'deployment.kubernetes.io/revision': '5',
      'deployment.kubernetes.io/desired-replicas': '10',
      'deployment.kubernetes.io/max-replicas': '13',
    })
    const hash = created?.metadata.labels?.['pod-template-hash']
    expect(created?.metadata.name).toBe(`web-${hash}`)
    expect(created?.spec?.selector.matchLabels).toEqual({ app: 'web', 'pod-template-hash': hash })
    expect(created?.spec?.template?.metadata?.labels).toEqual({ app: 'web', 'pod-template-hash': hash })
    expect(created?.metadata.ownerReferences).toMatchObject([{ kind: 'Deployment', uid: 'd', controller: true }])
  })

  test('going back makes the old ReplicaSet the newest revision and remembers its earlier one', () => {
    const sets = [replicaSet('new', { size: 0, revision: 1 }), replicaSet('old', { size: 10, revision: 2 })]
    const { drafts, revision } = plan(deployment(), sets)
    expect(revision).toBe('3')
    const back = drafts.find(({ rs }) => rs.metadata.name === 'new')?.rs
    expect(back?.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision-history': '1' })
  })

  test('a collision gives another hash', () => {
    const nameAt = (collisionCount: number) =>
      plan(deployment({ status: { collisionCount } }), []).drafts[0]?.rs.metadata.name
    expect(nameAt(0)).not.toBe(nameAt(1))
  })

  test.each<[string, number, string[]]>([
    ['the oldest beyond the limit go', 1, ['r1', 'r2']],
    ['none is kept', 0, ['r1', 'r2', 'r3']],
  ])('history: %s', (_, revisionHistoryLimit, gone) => {
    const done = { replicas: 10, updatedReplicas: 10, availableReplicas: 10, observedGeneration: 1 }
    const sets = [
      replicaSet('r3', { size: 0, revision: 3 }),
      replicaSet('r1', { size: 0, revision: 1 }),
      replicaSet('r2', { size: 0, revision: 2 }),
      replicaSet('new', { size: 10, revision: 4 }),
    ]
    const result = plan(deployment({ status: done, spec: { revisionHistoryLimit } }), sets)
    expect(result.delete.map(rs => rs.metadata.name)).toEqual(gone)
    const running = plan(deployment({ status: done, spec: { revisionHistoryLimit } }), [
      replicaSet('r1', { size: 0, pods: 1, revision: 1 }),
      replicaSet('new', { size: 10, revision: 4 }),
    ])
    expect(running.delete).toEqual([])
  })
})

describe('a change of size in the middle of a rollout', () => {
  test.each<[string, number, number[], number[]]>([
    // Sizes before, of sets that were scaled for 10 with surge 3, and after.
    ['up: shares go by size, the rest to the largest', 20, [8, 5], [14, 9]],
    ['down', 5, [8, 5], [5, 3]],
    ['to nothing', 0, [8, 5], [0, 0]],
    ['one active set: it takes all', 7, [0, 10], [0, 7]],
  ])('%s', (_, replicas, before, after) => {
    const d = deployment({ replicas })
    const drafts = draftsOf([
      replicaSet('old', { size: before[0] ?? 0 }),
      replicaSet('new', { size: before[1] ?? 0, created: '2025-02-01T00:00:00Z' }),
    ])
    const [old, newest] = drafts
    scale(d, newest, old ? [old] : [])
    expect(drafts.map(({ rs }) => rs.spec?.replicas)).toEqual(after)
  })

  test('it is noticed by the annotation, and no progress is estimated', () => {
    const sets = [replicaSet('old', { size: 8 }), replicaSet('new', { size: 5 })]
    const result = plan(deployment({ replicas: 20 }), sets)
    expect(sizes(result)).toEqual({ old: 14, new: 9 })
    expect(result.checkAfterMs).toBeUndefined()
  })
})

describe('Recreate', () => {
  const d = deployment({ type: 'Recreate', replicas: 2 })
  const pod = (phase: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: {}, status: { phase } }) as Pod

  test('old ones go first', () => {
    expect(sizes(plan(d, [replicaSet('old', { size: 2, desired: 2 })]))).toEqual({ old: 0 })
  })
  test.each([
    ['a pod is still counted', 1, [], {}],
    ['a pod still runs', 0, [pod('Running')], {}],
    ['what is left has ended', 0, [pod('Succeeded'), pod('Failed')], { created: 2 }],
    ['nothing is left', 0, [], { created: 2 }],
  ])('%s', (_, pods, left, expected) => {
    const old = replicaSet('old', { size: 0, pods, available: 0 })
    expect(sizes(plan(d, [old], () => left))).toEqual({ old: 0, ...expected })
  })
})

describe('conditions', () => {
  const progress = (status: string, reason: string, lastUpdateTime = time) => ({
    conditions: [
      { type: 'Progressing', status, reason, message: '', lastUpdateTime, lastTransitionTime: '2025-12-31T00:00:00Z' },
    ],
  })
  const moving = { replicas: 13, updatedReplicas: 5, readyReplicas: 8, availableReplicas: 8, observedGeneration: 1 }
  const half = [replicaSet('old', { size: 8 }), replicaSet('new', { size: 5, available: 0 })]

  test('a new ReplicaSet', () => {
    const result = plan(deployment(), [])
    const name = result.drafts[0]?.rs.metadata.name
    expect(condition(result, 'Progressing')).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetCreated',
      message: `Created new replica set "${name}"`,
    })
    expect(condition(result, 'Available')).toMatchObject({
      status: 'False',
      reason: 'MinimumReplicasUnavailable',
      message: 'Deployment does not have minimum availability.',
    })
  })

  test('a ReplicaSet that was there already', () => {
    const result = plan(deployment({ status: moving }), half)
    expect(condition(result, 'Progressing')).toMatchObject({
      reason: 'FoundNewReplicaSet',
      message: 'Found new replica set "new"',
    })
  })

  test('progress renews the time but not the transition', () => {
    const status = { ...moving, ...progress('True', 'ReplicaSetUpdated', '2025-12-31T23:00:00Z') }
    const result = plan(deployment({ status }), [
      replicaSet('old', { size: 8 }),
      replicaSet('new', { size: 5, available: 1 }),
    ])
    expect(condition(result, 'Progressing')).toEqual({
      type: 'Progressing',
      status: 'True',
      reason: 'ReplicaSetUpdated',
      message: 'ReplicaSet "new" is progressing.',
      lastUpdateTime: time,
      lastTransitionTime: '2025-12-31T00:00:00Z',
    })
  })

  test('no progress until the deadline: it is checked again just after', () => {
    const status = { ...moving, ...progress('True', 'ReplicaSetUpdated', '2025-12-31T23:55:00Z') }
    const result = plan(deployment({ status }), half)
    expect(condition(result, 'Progressing')?.reason).toBe('ReplicaSetUpdated')
    expect(result.checkAfterMs).toBe(301_000)
  })

  test('no progress beyond the deadline', () => {
    const status = { ...moving, ...progress('True', 'ReplicaSetUpdated', '2025-12-31T23:49:59Z') }
    const result = plan(deployment({ status }), half)
    expect(condition(result, 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: 'ReplicaSet "new" has timed out progressing.',
    })
    expect(result.checkAfterMs).toBeUndefined()
  })

  test('complete', () => {
    const status = { ...moving, ...progress('True', 'ReplicaSetUpdated') }
    const result = plan(deployment({ status }), [replicaSet('new', { size: 10 })])
    expect(condition(result, 'Progressing')).toMatchObject({
      reason: 'NewReplicaSetAvailable',
      message: 'ReplicaSet "new" has successfully progressed.',
    })
    expect(condition(result, 'Available')).toMatchObject({
      status: 'True',
      message: 'Deployment has minimum availability.',
    })
  })

  test.each([
    ['paused', true, 'ReplicaSetUpdated', 'DeploymentPaused'],
    ['resumed', false, 'DeploymentPaused', 'DeploymentResumed'],
    ['paused after it failed', true, 'ProgressDeadlineExceeded', 'ProgressDeadlineExceeded'],
  ])('%s', (_, paused, before, after) => {
    const status = { ...moving, ...progress('Unknown', before) }
    expect(condition(plan(deployment({ paused, status }), half), 'Progressing')?.reason).toBe(after)
  })

  test('while paused a new template makes nothing new', () => {
    const result = plan(deployment({ paused: true }), [replicaSet('old', { size: 10 })])
    expect(sizes(result)).toEqual({ old: 10 })
  })

  test("a ReplicaSet's failure is the Deployment's", () => {
    const failing = replicaSet('new', { size: 10, available: 0, pods: 0 })
    const failure = {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: 'quota',
      lastTransitionTime: time,
    }
    const result = plan(deployment(), [{ ...failing, status: { replicas: 0, conditions: [failure] } }])
    expect(condition(result, 'ReplicaFailure')).toMatchObject({ reason: 'FailedCreate', message: 'quota' })
    expect(condition(plan(deployment({ status: result.status }), [failing]), 'ReplicaFailure')).toBeUndefined()
  })

  test('counts are written as Go writes them: zeros left out', () => {
    const { status } = plan(deployment({ replicas: 0 }), [])
    expect(status).toMatchObject({ observedGeneration: 1, terminatingReplicas: 0 })
    expect(status).not.toHaveProperty('replicas')
  })
})

test('any start ends with the new template alone, and is never out of bounds on the way', () => {
  for (const [maxSurge, maxUnavailable] of [
    [1, 0],
    [0, 1],
    ['25%', '25%'],
    ['100%', 0],
  ] as const) {
    let d = deployment({ replicas: 6, maxSurge, maxUnavailable, image: 'c' })
    let sets = [replicaSet('a', { size: 2, desired: 6 }), replicaSet('b', { size: 4, desired: 6 })]
    for (let step = 0; step < 60; step++) {
      const result = plan(d, sets)
      const before = sets.reduce((sum, rs) => sum + (rs.status?.availableReplicas ?? 0), 0)
      sets = result.drafts.map(({ rs }, i) => {
        const size = rs.spec?.replicas ?? 0
        const available = Math.min(size, rs.status?.availableReplicas ?? 0)
        // One more pod of one set becomes available with every step.
        const grown = step % result.drafts.length === i ? Math.min(size, available + 1) : available
        const metadata = { ...rs.metadata, uid: rs.metadata.name ?? '' }
        return { ...rs, metadata, status: { replicas: size, readyReplicas: grown, availableReplicas: grown } }
      })
      const total = sets.reduce((sum, rs) => sum + (rs.spec?.replicas ?? 0), 0)
      const surge = maxSurge === '25%' ? 2 : maxSurge === '100%' ? 6 : maxSurge
      const down = maxUnavailable === '25%' ? 1 : maxUnavailable
      expect(total).toBeLessThanOrEqual(6 + surge)
      const available = sets.reduce((sum, rs) => sum + (rs.status?.availableReplicas ?? 0), 0)
      expect(available).toBeGreaterThanOrEqual(Math.min(before, 6 - down))
      d = { ...d, status: result.status }
    }
    const left = sets.filter(rs => (rs.spec?.replicas ?? 0) > 0)
    expect(left).toHaveLength(1)
    expect(left[0]?.spec).toMatchObject({ replicas: 6, template: { spec: { containers: [{ image: 'c' }] } } })
  }
})
