// The smaller pure decisions: evictions, pods nobody finishes, pod ranges, a namespace's conditions.

import { describe, expect, test } from '@jest/globals'
import type { Taint, Toleration } from '../controller/taints.ts'
import type { Node } from '../kinds/core/node.ts'
import type { Pod } from '../kinds/core/pod.ts'
import { pods } from '../kinds/core/pod.ts'
import { contentConditions, estimateSeconds } from './namespace-content.ts'
import { firstFree } from './node-ipam-range.ts'
import { podsToRemove } from './pod-gc-decision.ts'
import { evictAfterSeconds } from './taint-eviction-decision.ts'

describe('when a pod leaves a tainted node', () => {
  const taint = (key: string, value = ''): Taint => ({ key, value, effect: 'NoExecute' })
  const until = (key: string, tolerationSeconds?: number): Toleration => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  })
  test.each<[string, Taint[], Toleration[], number | undefined]>([
    ['no taint', [], [], undefined],
    ['not tolerated: at once', [taint('a')], [], 0],
    ['tolerated for good', [taint('a')], [until('a')], undefined],
    ['tolerated for a while', [taint('a')], [until('a', 300)], 300],
    ['the shortest counts', [taint('a'), taint('b')], [until('a', 300), until('b', 60)], 60],
    ['one of two is not tolerated', [taint('a'), taint('b')], [until('a', 300)], 0],
    ['a negative time is none', [taint('a')], [until('a', -5)], 0],
    ['everything is tolerated', [taint('a')], [{ operator: 'Exists' }], undefined],
    ['the value must be equal', [taint('a', 'x')], [{ key: 'a', value: 'y' }], 0],
    ['the value is equal', [taint('a', 'x')], [{ key: 'a', value: 'x' }], undefined],
  ])('%s', (_, taints, tolerations, expected) => {
    expect(evictAfterSeconds({ spec: { containers: [], tolerations } } as unknown as Pod, taints)).toBe(expected)
  })
})

describe('pods that nobody finishes', () => {
  const pod = (
    name: string,
    phase: string,
    more: { node?: string; deleted?: boolean; created?: string; reason?: string },
  ) =>
    ({
      metadata: {
        name,
        creationTimestamp: more.created ?? '2026-01-01T00:00:00Z',
        ...(more.deleted ? { deletionTimestamp: 'now' } : {}),
      },
      spec: more.node ? { nodeName: more.node } : {},
      status: { phase, reason: more.reason },
    }) as unknown as Pod
  const node = (taints: object[], ready: string) =>
    ({ spec: { taints }, status: { conditions: [{ type: 'Ready', status: ready }] } }) as unknown as Node
  const nodes = new Map([
    ['n', node([], 'True')],
    ['out', node([{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }], 'Unknown')],
  ])
  const names = (found: Pod[]) => found.map(({ metadata }) => metadata.name)

  test('by kind', () => {
    const found = podsToRemove(
      [
        pod('fine', 'Running', { node: 'n' }),
        pod('orphan', 'Running', { node: 'gone' }),
        pod('waiting', 'Pending', {}),
        pod('never', 'Pending', { deleted: true }),
        pod('stranded', 'Running', { node: 'out', deleted: true }),
        pod('staying', 'Running', { node: 'out' }),
        pod('ending', 'Running', { node: 'n', deleted: true }),
      ],
      nodes,
      100,
    )
    expect(names(found.orphaned)).toEqual(['orphan'])
    expect(names(found.unscheduled)).toEqual(['never'])
    expect(names(found.outOfService)).toEqual(['stranded'])
  })

  test('ended ones beyond the threshold: evicted first, then the oldest; 0 keeps all', () => {
    const ended = [
      pod('new', 'Succeeded', { node: 'n', created: '2026-01-03T00:00:00Z' }),
      pod('old', 'Failed', { node: 'n', created: '2026-01-01T00:00:00Z' }),
      pod('evicted', 'Failed', { node: 'n', created: '2026-01-04T00:00:00Z', reason: 'Evicted' }),
      pod('running', 'Running', { node: 'n' }),
    ]
    expect(names(podsToRemove(ended, nodes, 1).ended)).toEqual(['evicted', 'old'])
    expect(podsToRemove(ended, nodes, 3).ended).toEqual([])
    expect(podsToRemove(ended, nodes, 0).ended).toEqual([])
  })
})

test.each([
  ['the first', '10.244.0.0/16', [], '10.244.0.0/24'],
  ['a gap', '10.244.0.0/16', ['10.244.0.0/24', '10.244.2.0/24'], '10.244.1.0/24'],
  ['a larger range covers several', '10.244.0.0/16', ['10.244.0.0/22'], '10.244.4.0/24'],
  ['none is left', '10.244.0.0/23', ['10.244.0.0/24', '10.244.1.0/24'], undefined],
  ['a foreign range is in nobody’s way', '10.244.0.0/24', ['192.168.0.0/24'], '10.244.0.0/24'],
  ['high addresses', '223.255.255.0/24', [], '223.255.255.0/24'],
])('pod range: %s', (_, cluster, taken, expected) => {
  expect(firstFree(cluster, 24, taken)).toBe(expected)
})

test.each(['10.244.0.0', '10.244.0/16', '300.0.0.0/8', '10.0.0.0/33'])('%s is no range', text => {
  expect(() => firstFree(text, 24, [])).toThrow('is no IPv4 range')
})

describe("a namespace's conditions", () => {
  const now = Date.UTC(2026, 0, 1)
  const empty = { discoveryFailures: [], deletionFailures: [], remaining: [], finalizers: new Map<string, number>() }

  test('all is well', () => {
    expect(contentConditions([], empty, now).map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered'],
      ['NamespaceDeletionGroupVersionParsingFailure', 'False', 'ParsedGroupVersions'],
      ['NamespaceDeletionContentFailure', 'False', 'ContentDeleted'],
      ['NamespaceContentRemaining', 'False', 'ContentRemoved'],
      ['NamespaceFinalizersRemaining', 'False', 'ContentHasNoFinalizers'],
    ])
  })

  test('what is left is counted; a transition is a change of status', () => {
    const before = contentConditions([], empty, now - 60_000)
    const report = { ...empty, remaining: [{ definition: pods, count: 2 }], finalizers: new Map([['a/b', 2]]) }
    const after = contentConditions(before, report, now)
    expect(after.find(c => c.type === 'NamespaceContentRemaining')).toEqual({
      type: 'NamespaceContentRemaining',
      status: 'True',
      reason: 'SomeResourcesRemain',
      message: 'Some resources are remaining: pods. has 2 resource instances',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    })
    expect(after.find(c => c.type === 'NamespaceFinalizersRemaining')?.message).toBe(
      'Some content in the namespace has finalizers remaining: a/b in 2 resource instances',
    )
    expect(after[0]).toEqual(before[0])
  })

  test('how long to wait', () => {
    const pod = (seconds: number, phase = 'Running') =>
      ({ metadata: {}, spec: { terminationGracePeriodSeconds: seconds }, status: { phase } }) as unknown as Pod
    expect(estimateSeconds(pods, [pod(30), pod(5), pod(90, 'Succeeded')])).toBe(30)
    const maps = { ...pods, plural: 'configmaps' }
    expect(estimateSeconds(maps, [pod(30)])).toBe(0)
    expect(estimateSeconds(maps, [{ ...pod(0), metadata: { finalizers: ['x'] } }])).toBe(15)
  })
})
