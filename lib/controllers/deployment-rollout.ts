// The next step of a Deployment: from what it asks for and the ReplicaSets there are, how these are to change and what
// its status is to say. Pure; deployment.ts carries it out, and every change it makes leads here again.

import { isPodTerminated } from '../controller/pod.ts'
import type { Deployment } from '../kinds/apps/deployment.ts'
import type { ReplicaSet } from '../kinds/apps/replica-set.ts'
import type { Pod } from '../kinds/core/pod.ts'
import {
  type Draft,
  draftsOf,
  findNew,
  isActive,
  makeNew,
  olderFirst,
  replicasOf,
  revisionAnnotation,
  revisionOf,
  scaleTo,
  stampNew,
  statusCount,
  total,
} from './deployment-replica-sets.ts'
import { isScaling, scale } from './deployment-scale.ts'
import { isRollingUpdate, maxSurge, maxUnavailable, wantedReplicas } from './deployment-size.ts'
import {
  condition,
  countedStatus,
  type DeploymentCondition,
  type DeploymentStatus,
  deadlineSeconds,
  isComplete,
  progressCheckAfterMs,
  progressing,
  rolloutStatus,
  withCondition,
} from './deployment-status.ts'

export interface RolloutInput {
  deployment: Deployment
  /** Those it owns. */
  replicaSets: ReplicaSet[]
  podsOf(replicaSetUid: string): Pod[]
  nowMs: number
}

export interface Rollout {
  /** All ReplicaSets as they should be; one without `stored` is to be created. */
  drafts: Draft[]
  delete: ReplicaSet[]
  /** For the Deployment's annotation, when there is a new ReplicaSet. */
  revision?: string
  status: DeploymentStatus
  /** When to see whether it is stuck. */
  checkAfterMs?: number
}

interface Working {
  d: Deployment
  newest: Draft | undefined
  old: Draft[]
  conditions: DeploymentCondition[]
  nowMs: number
}

export function rollout(input: RolloutInput): Rollout {
  const { deployment: d, nowMs } = input
  const drafts = draftsOf(input.replicaSets)
  const newest = findNew(d, drafts)
  const old = drafts.filter(draft => draft !== newest)
  const work: Working = { d, newest, old, conditions: d.status?.conditions ?? [], nowMs }
  if (d.metadata.deletionTimestamp) return sized(work, [])
  work.conditions = pausedConditions(work)
  if (newest) keepNew(work, newest)
  if (d.spec?.paused || isScaling(d, drafts)) {
    scale(d, newest, old)
    return sized(work, d.spec?.paused ? outdated(work) : [])
  }
  if (isRollingUpdate(d)) rollOver(work)
  else recreate(work, input.podsOf)
  return rolled(work)
}

function all({ newest, old }: Working): Draft[] {
  return newest ? [...old, newest] : old
}

/** Paused, scaled or going: no progress is estimated. */
function sized(work: Working, remove: ReplicaSet[]): Rollout {
  const { d, newest, conditions, nowMs } = work
  return {
    drafts: all(work),
    delete: remove,
    ...revision(newest),
    status: countedStatus(d, conditions, all(work), newest, nowMs),
  }
}

function rolled(work: Working): Rollout {
  const { d, newest, conditions, nowMs } = work
  const status = rolloutStatus(d, conditions, all(work), newest, nowMs)
  const checkAfterMs = progressCheckAfterMs(d, status, nowMs)
  return {
    drafts: all(work),
    delete: isComplete(d, d.status ?? {}) ? outdated(work) : [],
    ...revision(newest),
    status,
    ...(checkAfterMs === undefined ? {} : { checkAfterMs }),
  }
}

function revision(newest: Draft | undefined): { revision?: string } {
  const value = newest?.rs.metadata.annotations?.[revisionAnnotation]
  return value === undefined ? {} : { revision: value }
}

/** A pause stops the clock of the progress deadline, unless it has run out already. */
function pausedConditions({ d, conditions, nowMs }: Working): DeploymentCondition[] {
  const current = progressing(d.status)
  if (deadlineSeconds(d) === undefined || current?.reason === 'ProgressDeadlineExceeded') return conditions
  const saysPaused = current?.reason === 'DeploymentPaused'
  if (d.spec?.paused && !saysPaused) {
    return withCondition(
      conditions,
      condition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', nowMs),
    )
  }
  if (!d.spec?.paused && saysPaused) {
    const resumed = condition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', nowMs)
    return withCondition(conditions, resumed)
  }
  return conditions
}

const nextRevision = (old: Draft[]) => Math.max(0, ...old.map(revisionOf)) + 1

/** The new ReplicaSet is there: it follows the Deployment in what is not its template. */
function keepNew(work: Working, newest: Draft): void {
  const { d, old, conditions, nowMs } = work
  stampNew(d, newest, nextRevision(old))
  if (newest.rs.spec) {
    if (d.spec?.minReadySeconds) newest.rs.spec.minReadySeconds = d.spec.minReadySeconds
    else delete newest.rs.spec.minReadySeconds
  }
  if (deadlineSeconds(d) === undefined || progressing(d.status)) return
  const message = `Found new replica set "${newest.rs.metadata.name}"`
  work.conditions = withCondition(conditions, condition('Progressing', 'True', 'FoundNewReplicaSet', message, nowMs))
}

function addNew(work: Working): Draft {
  const { d, old, conditions, nowMs } = work
  const newest = makeNew(d)
  work.newest = newest
  if (newest.rs.spec) newest.rs.spec.replicas = grownSize(work, newest)
  stampNew(d, newest, nextRevision(old))
  if (deadlineSeconds(d) === undefined) return newest
  const message = `Created new replica set "${newest.rs.metadata.name}"`
  work.conditions = withCondition(conditions, condition('Progressing', 'True', 'NewReplicaSetCreated', message, nowMs))
  return newest
}

/** As large as the surge allows. */
function grownSize(work: Working, newest: Draft): number {
  const { d } = work
  if (!isRollingUpdate(d)) return wantedReplicas(d)
  const room = wantedReplicas(d) + maxSurge(d) - total(all(work), replicasOf)
  if (room <= 0) return replicasOf(newest)
  return replicasOf(newest) + Math.min(room, wantedReplicas(d) - replicasOf(newest))
}

function rollOver(work: Working): void {
  const { d, old } = work
  const newest = work.newest ?? addNew(work)
  const size = replicasOf(newest) > wantedReplicas(d) ? wantedReplicas(d) : grownSize(work, newest)
  const grown = newest.stored !== undefined && scaleTo(d, newest, size)
  if (!grown) shrinkOld(work, newest, old.filter(isActive).toSorted(olderFirst))
}

/** Old pods go as far as enough stay available; those that are not available anyway go first. */
function shrinkOld(work: Working, newest: Draft, old: Draft[]): void {
  const { d } = work
  const minAvailable = wantedReplicas(d) - maxUnavailable(d)
  const newUnavailable = replicasOf(newest) - statusCount(newest, 'availableReplicas')
  const most = total(all(work), replicasOf) - minAvailable - newUnavailable
  if (old.length === 0 || most <= 0) return
  shrink(d, old, most, draft => replicasOf(draft) - statusCount(draft, 'availableReplicas'))
  const available = total([...old, newest], draft => statusCount(draft, 'availableReplicas'))
  shrink(d, old, available - minAvailable, replicasOf)
}

function shrink(d: Deployment, old: Draft[], most: number, upTo: (draft: Draft) => number): void {
  let left = most
  for (const draft of old) {
    const fewer = Math.min(left, upTo(draft))
    if (fewer <= 0) continue
    scaleTo(d, draft, replicasOf(draft) - fewer)
    left -= fewer
  }
}

/** All old pods have ended before the first new one starts. */
function recreate(work: Working, podsOf: RolloutInput['podsOf']): void {
  const { d, old } = work
  const shrunk = old.filter(isActive).filter(draft => scaleTo(d, draft, 0))
  if (shrunk.length > 0 || old.some(draft => hasPods(draft, podsOf))) return
  const newest = work.newest ?? addNew(work)
  scaleTo(d, newest, wantedReplicas(d))
}

function hasPods(draft: Draft, podsOf: RolloutInput['podsOf']): boolean {
  return statusCount(draft, 'replicas') > 0 || podsOf(draft.rs.metadata.uid ?? '').some(pod => !isPodTerminated(pod))
}

/** Old ReplicaSets beyond the history to keep, lowest revision first, if nothing of them is left. */
function outdated({ d, old }: Working): ReplicaSet[] {
  const limit = d.spec?.revisionHistoryLimit
  if (limit === undefined || limit === 2 ** 31 - 1) return []
  const there = old.filter(({ rs }) => !rs.metadata.deletionTimestamp)
  return there
    .toSorted((a, b) => revisionOf(a) - revisionOf(b) || olderFirst(a, b))
    .slice(0, Math.max(0, there.length - limit))
    .filter(isEmpty)
    .map(({ rs }) => rs)
}

function isEmpty(draft: Draft): boolean {
  const { generation = 0 } = draft.rs.metadata
  const observed = draft.rs.status?.observedGeneration ?? 0
  return replicasOf(draft) === 0 && statusCount(draft, 'replicas') === 0 && generation <= observed
}
