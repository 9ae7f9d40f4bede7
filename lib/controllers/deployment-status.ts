// What a Deployment says of itself: counts, and the conditions Available, Progressing and ReplicaFailure.

import { omitEmpty } from '../controller/status.ts'
import type { Deployment } from '../kinds/apps/deployment.ts'
import { rfc3339 } from '../util/clock.ts'
import { type Draft, replicasOf, statusCount, total } from './deployment-replica-sets.ts'
import { maxUnavailable, wantedReplicas } from './deployment-size.ts'

export type DeploymentStatus = NonNullable<Deployment['status']>
export type DeploymentCondition = NonNullable<DeploymentStatus['conditions']>[number]

const noDeadline = 2 ** 31 - 1

export function deadlineSeconds(d: Deployment): number | undefined {
  const seconds = d.spec?.progressDeadlineSeconds
  return seconds === undefined || seconds === noDeadline ? undefined : seconds
}

export function progressing(status: DeploymentStatus | undefined): DeploymentCondition | undefined {
  return status?.conditions?.find(condition => condition.type === 'Progressing')
}

export function condition(
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  nowMs: number,
): DeploymentCondition {
  const now = rfc3339(nowMs)
  return { type, status, reason, message, lastUpdateTime: now, lastTransitionTime: now }
}

/** One with the same status and reason stays as it is; a transition is a change of status. */
export function withCondition(conditions: DeploymentCondition[], added: DeploymentCondition): DeploymentCondition[] {
  const old = conditions.find(({ type }) => type === added.type)
  if (old && old.status === added.status && old.reason === added.reason) return conditions
  const { lastTransitionTime } = old?.status === added.status ? old : added
  return [...without(conditions, added.type), { ...added, ...(lastTransitionTime ? { lastTransitionTime } : {}) }]
}

const without = (conditions: DeploymentCondition[], type: string) => conditions.filter(c => c.type !== type)

/** Counts and Available; the other conditions as they were. */
export function countedStatus(
  d: Deployment,
  conditions: DeploymentCondition[],
  all: Draft[],
  newest: Draft | undefined,
  nowMs: number,
): DeploymentStatus {
  const available = total(all, draft => statusCount(draft, 'availableReplicas'))
  const enough = available >= wantedReplicas(d) - maxUnavailable(d)
  const availability = enough
    ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', nowMs)
    : condition(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        nowMs,
      )
  const { collisionCount } = d.status ?? {}
  const status: DeploymentStatus = {
    observedGeneration: d.metadata.generation ?? 0,
    replicas: total(all, draft => statusCount(draft, 'replicas')),
    updatedReplicas: newest ? statusCount(newest, 'replicas') : 0,
    readyReplicas: total(all, draft => statusCount(draft, 'readyReplicas')),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, total(all, replicasOf) - available),
    terminatingReplicas: total(all, draft => statusCount(draft, 'terminatingReplicas')),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: withCondition(conditions, availability),
  }
  return omitEmpty(status, 'terminatingReplicas')
}

export function isComplete(d: Deployment, status: DeploymentStatus): boolean {
  const wanted = wantedReplicas(d)
  const counts = [status.updatedReplicas, status.replicas, status.availableReplicas]
  return (
    counts.every(count => (count ?? 0) === wanted) && (status.observedGeneration ?? 0) >= (d.metadata.generation ?? 0)
  )
}

function hasProgressed(old: DeploymentStatus, now: DeploymentStatus): boolean {
  const n = (count: number | undefined) => count ?? 0
  const oldPods = (status: DeploymentStatus) => n(status.replicas) - n(status.updatedReplicas)
  return (
    n(now.updatedReplicas) > n(old.updatedReplicas) ||
    oldPods(now) < oldPods(old) ||
    n(now.readyReplicas) > n(old.readyReplicas) ||
    n(now.availableReplicas) > n(old.availableReplicas)
  )
}

function hasTimedOut(d: Deployment, status: DeploymentStatus, nowMs: number): boolean {
  const current = progressing(status)
  const deadline = deadlineSeconds(d)
  if (!current || deadline === undefined || current.reason === 'NewReplicaSetAvailable') return false
  if (current.reason === 'ProgressDeadlineExceeded') return true
  return Date.parse(current.lastUpdateTime ?? '') + deadline * 1000 < nowMs
}

/** The status during a rollout: how far it is, and whether it is stuck. */
export function rolloutStatus(
  d: Deployment,
  conditions: DeploymentCondition[],
  all: Draft[],
  newest: Draft | undefined,
  nowMs: number,
): DeploymentStatus {
  const status = countedStatus(d, conditions, all, newest, nowMs)
  status.conditions = withFailure(progressConditions(d, status, newest, nowMs), all, newest)
  return status
}

function progressConditions(
  d: Deployment,
  status: DeploymentStatus,
  newest: Draft | undefined,
  nowMs: number,
): DeploymentCondition[] {
  const conditions = status.conditions ?? []
  if (deadlineSeconds(d) === undefined) return without(conditions, 'Progressing')
  const current = progressing(status)
  const wasComplete = status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable'
  if (wasComplete) return conditions
  const subject = newest ? `ReplicaSet "${newest.rs.metadata.name}"` : `Deployment "${d.metadata.name}"`
  const say = (value: 'True' | 'False', reason: string, what: string) =>
    condition('Progressing', value, reason, `${subject} ${what}`, nowMs)
  if (isComplete(d, status)) {
    return withCondition(conditions, say('True', 'NewReplicaSetAvailable', 'has successfully progressed.'))
  }
  if (hasProgressed(d.status ?? {}, status)) {
    // The same reason again, because the deadline runs from the last progress.
    const moved = say('True', 'ReplicaSetUpdated', 'is progressing.')
    const since = current?.status === 'True' ? current.lastTransitionTime : undefined
    return [...without(conditions, 'Progressing'), { ...moved, ...(since ? { lastTransitionTime: since } : {}) }]
  }
  if (hasTimedOut(d, status, nowMs)) {
    return withCondition(conditions, say('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'))
  }
  return conditions
}

/** A ReplicaSet that cannot make pods says so on its Deployment, the new one first. */
function withFailure(
  conditions: DeploymentCondition[],
  all: Draft[],
  newest: Draft | undefined,
): DeploymentCondition[] {
  const failures = [...(newest ? [newest] : []), ...all].flatMap(({ rs }) =>
    (rs.status?.conditions ?? []).filter(({ type }) => type === 'ReplicaFailure'),
  )
  const failure = failures[0]
  if (!failure) return without(conditions, 'ReplicaFailure')
  const time = failure.lastTransitionTime
  return withCondition(conditions, { ...failure, ...(time ? { lastUpdateTime: time } : {}) })
}

/** When to look again whether the rollout is stuck, if it is not over. */
export function progressCheckAfterMs(d: Deployment, status: DeploymentStatus, nowMs: number): number | undefined {
  const current = progressing(status)
  const deadline = deadlineSeconds(d)
  if (!current || deadline === undefined) return undefined
  if (isComplete(d, status) || current.reason === 'ProgressDeadlineExceeded') return undefined
  const leftMs = Date.parse(current.lastUpdateTime ?? '') + deadline * 1000 - nowMs
  return Math.max(1000, leftMs + 1000)
}
