// Which pods a ReplicaSet lacks, which it has too many of, and what its status says: the pure part of the controller.

import { isPodActive, isPodAvailable, isPodReady, podReadySince } from '../controller/pod.ts'
import { omitEmpty } from '../controller/status.ts'
import type { ReplicaSet } from '../kinds/apps/replica-set.ts'
import type { Pod } from '../kinds/core/pod.ts'
import { rfc3339 } from '../util/clock.ts'

export type ReplicaSetStatus = NonNullable<ReplicaSet['status']>

const burstReplicas = 500

export type PodsToChange = { create: number } | { delete: Pod[] }

/** `related`: the active pods of every ReplicaSet with the same owner, for spreading what stays over nodes. */
export function replicasToCreateOrDelete(rs: ReplicaSet, active: Pod[], related: Pod[], nowMs: number): PodsToChange {
  const wanted = rs.spec?.replicas ?? 1
  const surplus = active.length - wanted
  if (surplus <= 0) return { create: Math.min(wanted - active.length, burstReplicas) }
  return { delete: podsToDelete(active, related, Math.min(surplus, burstReplicas), nowMs) }
}

/** The `count` pods that are missed least, as upstream's ActivePodsWithRanks orders them. */
export function podsToDelete(active: Pod[], related: Pod[], count: number, nowMs: number): Pod[] {
  if (count >= active.length) return active
  const onNode = new Map<string, number>()
  for (const pod of related) {
    const node = pod.spec?.nodeName ?? ''
    onNode.set(node, (onNode.get(node) ?? 0) + 1)
  }
  const rankOf = (pod: Pod) => onNode.get(pod.spec?.nodeName ?? '') ?? 0
  return active.toSorted((a, b) => comparePods(a, b, rankOf, nowMs)).slice(0, count)
}

const phaseOrder: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 }
const deletionCost = (pod: Pod) => Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0)

/** Negative: `a` is deleted first. The first rule that tells two pods apart decides. */
function comparePods(a: Pod, b: Pod, rankOf: (pod: Pod) => number, nowMs: number): number {
  const assigned = (pod: Pod) => (pod.spec?.nodeName ? 1 : 0)
  const phase = (pod: Pod) => phaseOrder[pod.status?.phase ?? ''] ?? 0
  const ready = (pod: Pod) => (isPodReady(pod) ? 1 : 0)
  return (
    assigned(a) - assigned(b) ||
    phase(a) - phase(b) ||
    ready(a) - ready(b) ||
    deletionCost(a) - deletionCost(b) ||
    rankOf(b) - rankOf(a) ||
    (ready(a) ? youngerFirst(a, b, podReadySince, nowMs) : 0) ||
    restarts(b) - restarts(a) ||
    youngerFirst(a, b, pod => timeOf(pod.metadata.creationTimestamp), nowMs)
  )
}

const timeOf = (time: string | undefined) => (time ? Date.parse(time) : undefined)

function restarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(status => status.restartCount))
}

/**
 * Ages within the same power of two count as equal, so that chance (the uid) and not age picks among pods of about one
 * age, and a scaled-down set does not lose a whole generation.
 */
function youngerFirst(a: Pod, b: Pod, since: (pod: Pod) => number | undefined, nowMs: number): number {
  const [sinceA, sinceB] = [since(a), since(b)]
  if (sinceA === sinceB) return 0
  if (sinceA === undefined) return -1
  if (sinceB === undefined) return 1
  const difference = ageRank(nowMs - sinceA) - ageRank(nowMs - sinceB)
  return difference || ((a.metadata.uid ?? '') < (b.metadata.uid ?? '') ? -1 : 1)
}

const ageRank = (ageMs: number) => (ageMs > 0 ? Math.trunc(Math.log2(ageMs * 1e6)) : -1)

/** `failure`: why creating or deleting pods failed just now. */
export function replicaSetStatus(
  rs: ReplicaSet,
  pods: Pod[],
  failure: { reason: string; message: string } | undefined,
  nowMs: number,
): ReplicaSetStatus {
  const active = pods.filter(isPodActive)
  const labels = Object.entries(rs.spec?.template?.metadata?.labels ?? {})
  const minReadySeconds = rs.spec?.minReadySeconds ?? 0
  const status: ReplicaSetStatus = {
    replicas: active.length,
    fullyLabeledReplicas: active.filter(pod => labels.every(([k, v]) => pod.metadata.labels?.[k] === v)).length,
    readyReplicas: active.filter(isPodReady).length,
    availableReplicas: active.filter(pod => isPodAvailable(pod, minReadySeconds, nowMs)).length,
    terminatingReplicas: pods.filter(isTerminating).length,
    observedGeneration: rs.metadata.generation ?? 0,
    conditions: conditions(rs, failure, nowMs),
  }
  return omitEmpty(status, 'replicas', 'terminatingReplicas')
}

const isTerminating = (pod: Pod) =>
  pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed'

function conditions(rs: ReplicaSet, failure: { reason: string; message: string } | undefined, nowMs: number) {
  const old = rs.status?.conditions ?? []
  const others = old.filter(condition => condition.type !== 'ReplicaFailure')
  if (!failure) return others
  if (others.length < old.length) return old
  const condition = { type: 'ReplicaFailure', status: 'True', ...failure, lastTransitionTime: rfc3339(nowMs) }
  return [...others, condition]
}
