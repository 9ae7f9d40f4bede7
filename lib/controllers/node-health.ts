// What a node's silence means: which conditions become unknown, which taints its conditions ask for, and whether so many
// nodes are silent that the fault is more likely ours. Pure; node-lifecycle.ts carries it out.

import { sameTaint, type Taint } from '../controller/taints.ts'
import type { Lease } from '../kinds/coordination/lease.ts'
import type { Node } from '../kinds/core/node.ts'
import { rfc3339 } from '../util/clock.ts'

export type NodeCondition = NonNullable<NonNullable<Node['status']>['conditions']>[number]

/** The last sign of life, and when we saw it by our own clock. */
export interface Heartbeat {
  sign: string
  seenMs: number
}

export interface Grace {
  monitorMs: number
  /** For a node whose kubelet has never reported. */
  startupMs: number
}

export function conditionOf(node: Node, type: string): NodeCondition | undefined {
  return node.status?.conditions?.find(condition => condition.type === type)
}

/** A renewed lease or a posted status is a sign of life; the node's clock is never compared with ours. */
export function heartbeat(node: Node, lease: Lease | undefined, last: Heartbeat | undefined, nowMs: number): Heartbeat {
  const ready = conditionOf(node, 'Ready')
  const sign = `${lease?.spec?.renewTime ?? ''} ${ready?.lastHeartbeatTime ?? ''}`
  if (last?.sign === sign) return last
  const created = Date.parse(node.metadata.creationTimestamp ?? '')
  return { sign, seenMs: ready || last || Number.isNaN(created) ? nowMs : created }
}

/** When the node counts as silent unless it is heard of before. */
export function silentAtMs(node: Node, { seenMs }: Heartbeat, grace: Grace): number {
  return seenMs + (conditionOf(node, 'Ready') ? grace.monitorMs : grace.startupMs)
}

const watchedConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** The conditions of a silent node. */
export function silentConditions(node: Node, nowMs: number): NodeCondition[] {
  const conditions = [...(node.status?.conditions ?? [])]
  for (const type of watchedConditions) {
    const index = conditions.findIndex(condition => condition.type === type)
    const current = conditions[index]
    if (!current) conditions.push(neverPosted(type, node, nowMs))
    else if (current.status !== 'Unknown') conditions[index] = stoppedPosting(current, nowMs)
  }
  return conditions
}

function neverPosted(type: string, node: Node, nowMs: number): NodeCondition {
  const since = node.metadata.creationTimestamp
  return {
    type,
    status: 'Unknown',
    reason: 'NodeStatusNeverUpdated',
    message: 'Kubelet never posted node status.',
    ...(since ? { lastHeartbeatTime: since } : {}),
    lastTransitionTime: rfc3339(nowMs),
  }
}

function stoppedPosting(current: NodeCondition, nowMs: number): NodeCondition {
  return {
    ...current,
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
    lastTransitionTime: rfc3339(nowMs),
  }
}

/** Taints that follow conditions: those of `keys` are ours to add and to take away. */
const conditionTaints: { condition: string; status: string; key: string }[] = [
  { condition: 'Ready', status: 'False', key: 'node.kubernetes.io/not-ready' },
  { condition: 'Ready', status: 'Unknown', key: 'node.kubernetes.io/unreachable' },
  { condition: 'MemoryPressure', status: 'True', key: 'node.kubernetes.io/memory-pressure' },
  { condition: 'DiskPressure', status: 'True', key: 'node.kubernetes.io/disk-pressure' },
  { condition: 'NetworkUnavailable', status: 'True', key: 'node.kubernetes.io/network-unavailable' },
  { condition: 'PIDPressure', status: 'True', key: 'node.kubernetes.io/pid-pressure' },
]
const unschedulableKey = 'node.kubernetes.io/unschedulable'
const evictingKeys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
const ourKeys = new Set([...conditionTaints.map(({ key }) => key), unschedulableKey])

/** The node's taints as its conditions want them. `evict`: whether NoExecute may be added now. */
export function taintsFor(node: Node, evict: boolean, nowMs: number): Taint[] {
  const current = node.spec?.taints ?? []
  const wanted = wantedTaints(node, evict, current)
  const kept = current.filter(taint => !isOurs(taint) || wanted.some(other => sameTaint(other, taint)))
  const added = wanted.filter(taint => !kept.some(other => sameTaint(other, taint)))
  return [...kept, ...added.map(taint => ({ ...taint, timeAdded: rfc3339(nowMs) }))]
}

function isOurs({ key, effect }: Taint): boolean {
  if (effect === 'NoExecute') return evictingKeys.includes(key)
  return effect === 'NoSchedule' && ourKeys.has(key)
}

function wantedTaints(node: Node, evict: boolean, current: Taint[]): Taint[] {
  const keys = conditionTaints
    .filter(({ condition, status }) => conditionOf(node, condition)?.status === status)
    .map(({ key }) => key)
  const noSchedule = node.spec?.unschedulable ? [...keys, unschedulableKey] : keys
  const noExecute = keys.filter(key => evictingKeys.includes(key)).map(key => ({ key, effect: 'NoExecute' }))
  // One kind of silence follows the other: a node that evicts already goes on doing so.
  const evicts = evict || current.some(taint => taint.effect === 'NoExecute' && evictingKeys.includes(taint.key))
  return [...noSchedule.map(key => ({ key, effect: 'NoSchedule' })), ...(evicts ? noExecute : [])]
}

export type Disruption = 'normal' | 'partial' | 'full'

const unhealthyShare = 0.55
export const largeClusterSize = 50

/** `full`: no node is ready, so it is rather we who hear nobody. */
export function disruption(nodes: Node[]): Disruption {
  const notReady = nodes.filter(node => conditionOf(node, 'Ready')?.status !== 'True').length
  if (notReady === nodes.length && notReady > 0) return 'full'
  return notReady > 2 && notReady / nodes.length >= unhealthyShare ? 'partial' : 'normal'
}

/** How long to wait between two nodes that start to evict; undefined: none may. */
export function evictionIntervalMs(state: Disruption, nodes: number): number | undefined {
  if (state === 'full') return undefined
  if (state === 'normal') return 10_000
  return nodes > largeClusterSize ? 100_000 : undefined
}
