// A Deployment whose size changed in the middle of a rollout: every ReplicaSet gets its share of the change, so that a
// rollout of which little is known yet does not take over because of a change of size.

import type { Deployment } from '../kinds/apps/deployment.ts'
import {
  type Draft,
  desiredReplicas,
  isActive,
  maxReplicas,
  newerFirst,
  olderFirst,
  replicasOf,
  scaleTo,
  stampSize,
  statusCount,
  total,
} from './deployment-replica-sets.ts'
import { isRollingUpdate, maxSurge, wantedReplicas } from './deployment-size.ts'

/** The size was changed since the ReplicaSets were last scaled. */
export function isScaling(d: Deployment, drafts: Draft[]): boolean {
  return drafts.filter(isActive).some(draft => {
    const desired = desiredReplicas(draft)
    return desired !== undefined && desired !== wantedReplicas(d)
  })
}

export function scale(d: Deployment, newest: Draft | undefined, old: Draft[]): void {
  const only = onlyActiveOrLatest(newest, old)
  if (only) scaleTo(d, only, wantedReplicas(d))
  else if (newest && isSaturated(d, newest)) for (const draft of old.filter(isActive)) scaleTo(d, draft, 0)
  else if (isRollingUpdate(d)) scaleInProportion(d, [...old, ...(newest ? [newest] : [])].filter(isActive))
}

function onlyActiveOrLatest(newest: Draft | undefined, old: Draft[]): Draft | undefined {
  const active = [...old, ...(newest ? [newest] : [])].filter(isActive)
  if (active.length > 1) return undefined
  return active[0] ?? newest ?? old.toSorted(newerFirst)[0]
}

function isSaturated(d: Deployment, newest: Draft): boolean {
  const wanted = wantedReplicas(d)
  const counts = [replicasOf(newest), desiredReplicas(newest), statusCount(newest, 'availableReplicas')]
  return counts.every(count => count === wanted)
}

function scaleInProportion(d: Deployment, active: Draft[]): void {
  const wanted = wantedReplicas(d)
  const allowed = wanted > 0 ? wanted + maxSurge(d) : 0
  const toAdd = allowed - total(active, replicasOf)
  const tie = toAdd > 0 ? newerFirst : olderFirst
  const ordered = active.toSorted((a, b) => replicasOf(b) - replicasOf(a) || tie(a, b))
  let added = 0
  const sizes = ordered.map(draft => {
    const share = shareOf(d, draft, toAdd, added)
    added += share
    return replicasOf(draft) + share
  })
  for (const [i, draft] of ordered.entries()) {
    // What rounding left over goes to the largest.
    const leftOver = i === 0 && toAdd !== 0 ? toAdd - added : 0
    scaleTo(d, draft, Math.max(0, (sizes[i] ?? 0) + leftOver))
    stampSize(d, draft)
  }
}

/** Never more than is left to add, or to take. */
function shareOf(d: Deployment, draft: Draft, toAdd: number, added: number): number {
  const size = replicasOf(draft)
  if (size === 0 || toAdd === 0 || toAdd === added) return 0
  const left = toAdd - added
  const share = fractionOf(d, draft, size)
  return toAdd > 0 ? Math.min(share, left) : Math.max(share, left)
}

function fractionOf(d: Deployment, draft: Draft, size: number): number {
  if (wantedReplicas(d) === 0) return -size
  const before = maxReplicas(draft) || d.status?.replicas || size
  return roundHalfAway((size * (wantedReplicas(d) + maxSurge(d))) / before) - size
}

const roundHalfAway = (n: number) => Math.sign(n) * Math.round(Math.abs(n))
