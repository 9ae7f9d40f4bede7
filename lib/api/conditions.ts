// Conditions: what a status says is so. Setting one keeps its lastTransitionTime unless its status changed.

export interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string
}

export function findCondition<C extends Condition>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find(condition => condition.type === type)
}

export function isConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True'
}

/**
 * The list with `condition` in the place of the one of its type, or at the end. `now` (RFC 3339) becomes its
 * lastTransitionTime when its status is new or changed. The list given is not changed.
 */
export function setCondition<C extends Condition>(
  conditions: readonly C[] | undefined,
  condition: C,
  now: string,
): C[] {
  const all = [...(conditions ?? [])]
  const index = all.findIndex(({ type }) => type === condition.type)
  const old = all[index]
  const time = old && old.status === condition.status ? (old.lastTransitionTime ?? now) : now
  const next = { ...condition, lastTransitionTime: time }
  if (index < 0) all.push(next)
  else all[index] = next
  return all
}

interface PodLike {
  metadata: { deletionTimestamp?: string | undefined }
  status?: { phase?: string | undefined; conditions?: readonly Condition[] | undefined } | undefined
}

export function isPodReady(pod: PodLike): boolean {
  return isConditionTrue(pod.status?.conditions, 'Ready')
}

/** Ready for at least `minReadySeconds`, at `nowMs`. */
export function isPodAvailable(pod: PodLike, minReadySeconds: number, nowMs: number): boolean {
  const ready = findCondition(pod.status?.conditions, 'Ready')
  if (ready?.status !== 'True') return false
  if (minReadySeconds === 0) return true
  const since = Date.parse(ready.lastTransitionTime ?? '')
  return since + minReadySeconds * 1000 <= nowMs
}

/** Its containers have ended and will not be started again. */
export function isPodTerminal(pod: PodLike): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

/** Neither ended nor being deleted: what controllers count. */
export function isPodActive(pod: PodLike): boolean {
  return !isPodTerminal(pod) && !pod.metadata.deletionTimestamp
}
