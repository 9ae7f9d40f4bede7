import { describe, expect, test } from '@jest/globals'
import type { Lease } from '../kinds/coordination/lease.ts'
import type { Node } from '../kinds/core/node.ts'
import { disruption, evictionIntervalMs, heartbeat, silentAtMs, silentConditions, taintsFor } from './node-health.ts'

const now = Date.UTC(2026, 0, 1)
const time = '2026-01-01T00:00:00Z'
const grace = { monitorMs: 50_000, startupMs: 60_000 }

const condition = (type: string, status: string) => ({
  type,
  status,
  reason: 'r',
  message: 'm',
  lastHeartbeatTime: '2025-12-31T23:00:00Z',
  lastTransitionTime: '2025-12-31T22:00:00Z',
})

function node(ready: string | undefined, others: object[] = [], spec: object = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', creationTimestamp: '2025-12-31T23:59:30Z' },
    spec,
    status: { conditions: [...(ready ? [condition('Ready', ready)] : []), ...others] },
  } as unknown as Node
}

const lease = (renewTime: string) => ({ spec: { renewTime } }) as Lease

describe('heartbeats', () => {
  test('time runs from when we saw the last sign, whatever the clock of the node says', () => {
    const first = heartbeat(node('True'), lease('1999-01-01T00:00:00Z'), undefined, now)
    expect(silentAtMs(node('True'), first, grace)).toBe(now + 50_000)
    const same = heartbeat(node('True'), lease('1999-01-01T00:00:00Z'), first, now + 40_000)
    expect(same).toBe(first)
    const renewed = heartbeat(node('True'), lease('1999-01-01T00:00:10Z'), same, now + 49_000)
    expect(silentAtMs(node('True'), renewed, grace)).toBe(now + 99_000)
  })

  test('a posted status is a sign too', () => {
    const first = heartbeat(node('True'), undefined, undefined, now)
    const posted = node('True')
    const ready = posted.status?.conditions?.[0]
    if (ready) ready.lastHeartbeatTime = '2025-12-31T23:05:00Z'
    expect(heartbeat(posted, undefined, first, now + 10_000).seenMs).toBe(now + 10_000)
  })

  test('a node that never reported has the startup grace from its creation', () => {
    const fresh = node(undefined)
    expect(silentAtMs(fresh, heartbeat(fresh, undefined, undefined, now), grace)).toBe(now + 30_000)
  })
})

test('conditions of a silent node', () => {
  const conditions = silentConditions(
    node('True', [condition('MemoryPressure', 'Unknown'), condition('Other', 'True')]),
    now,
  )
  const stopped = { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' }
  const never = { reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.' }
  expect(conditions).toEqual([
    { ...condition('Ready', 'Unknown'), ...stopped, lastTransitionTime: time },
    condition('MemoryPressure', 'Unknown'),
    condition('Other', 'True'),
    ...['DiskPressure', 'PIDPressure'].map(type => ({
      type,
      status: 'Unknown',
      ...never,
      lastHeartbeatTime: '2025-12-31T23:59:30Z',
      lastTransitionTime: time,
    })),
  ])
  expect(silentConditions({ ...node('True'), status: { conditions } }, now + 1000)).toEqual(conditions)
})

describe('taints', () => {
  const names = (given: Node, evict = true) => taintsFor(given, evict, now).map(({ key, effect }) => `${key}:${effect}`)

  test.each<[string, Node, boolean, string[]]>([
    ['a ready node has none', node('True'), true, []],
    [
      'not ready',
      node('False'),
      true,
      ['node.kubernetes.io/not-ready:NoSchedule', 'node.kubernetes.io/not-ready:NoExecute'],
    ],
    [
      'unreachable',
      node('Unknown'),
      true,
      ['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute'],
    ],
    ['unreachable, with eviction held back', node('Unknown'), false, ['node.kubernetes.io/unreachable:NoSchedule']],
    [
      'under pressure and cordoned',
      node(
        'True',
        ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'].map(t => condition(t, 'True')),
        {
          unschedulable: true,
        },
      ),
      true,
      [
        'node.kubernetes.io/memory-pressure:NoSchedule',
        'node.kubernetes.io/disk-pressure:NoSchedule',
        'node.kubernetes.io/network-unavailable:NoSchedule',
        'node.kubernetes.io/pid-pressure:NoSchedule',
        'node.kubernetes.io/unschedulable:NoSchedule',
      ],
    ],
    [
      "ready again: ours go, others' stay",
      node('True', [], {
        taints: [
          { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
          { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
          { key: 'mine', effect: 'NoExecute' },
        ],
      }),
      true,
      ['mine:NoExecute'],
    ],
    [
      'one that evicts goes on when it changes from not ready to unreachable',
      node('Unknown', [], { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }] }),
      false,
      ['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute'],
    ],
  ])('%s', (_, given, evict, expected) => {
    expect(names(given, evict)).toEqual(expected)
  })

  test('a taint that stays keeps its time, a new one has the present', () => {
    const old = { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule', timeAdded: '2025-01-01T00:00:00Z' }
    expect(taintsFor(node('Unknown', [], { taints: [old] }), true, now)).toEqual([
      old,
      { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: time },
    ])
  })
})

test.each([
  ['all are well', ['True', 'True'], 'normal', 10_000],
  ['one of two is silent', ['True', 'Unknown'], 'normal', 10_000],
  ['all are silent: it is rather us', ['Unknown', 'Unknown'], 'full', undefined],
  ['the only one is silent', ['Unknown'], 'full', undefined],
  ['most of a small cluster', ['Unknown', 'Unknown', 'False', 'True'], 'partial', undefined],
  ['most of a large cluster', [...Array(40).fill('Unknown'), ...Array(20).fill('True')], 'partial', 100_000],
])('%s', (_, states, expected, intervalMs) => {
  const nodes = states.map(state => node(state))
  expect(disruption(nodes)).toBe(expected)
  expect(evictionIntervalMs(disruption(nodes), nodes.length)).toBe(intervalMs)
})
