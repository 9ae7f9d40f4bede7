// How many pods a Deployment may have too many or too few while it rolls.

import type { Deployment } from '../kinds/apps/deployment.ts'

type IntOrPercent = number | string | undefined

export function wantedReplicas(d: Deployment): number {
  return d.spec?.replicas ?? 1
}

export function isRollingUpdate(d: Deployment): boolean {
  return d.spec?.strategy?.type !== 'Recreate'
}

export function maxSurge(d: Deployment): number {
  return isRollingUpdate(d) ? fenceposts(d).surge : 0
}

export function maxUnavailable(d: Deployment): number {
  if (!isRollingUpdate(d) || wantedReplicas(d) === 0) return 0
  return Math.min(fenceposts(d).unavailable, wantedReplicas(d))
}

/** Surge is rounded up and unavailability down; were both zero, nothing could ever move. */
function fenceposts(d: Deployment): { surge: number; unavailable: number } {
  const rolling = d.spec?.strategy?.rollingUpdate
  const surge = scaled(rolling?.maxSurge as IntOrPercent, wantedReplicas(d), Math.ceil)
  const unavailable = scaled(rolling?.maxUnavailable as IntOrPercent, wantedReplicas(d), Math.floor)
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

function scaled(value: IntOrPercent, of: number, round: (n: number) => number): number {
  if (typeof value === 'string' && value.endsWith('%')) return round((Number.parseInt(value, 10) * of) / 100)
  return Number(value ?? 0)
}
