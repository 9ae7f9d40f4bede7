// What controllers ask of a pod: whether it still counts, is ready, and has been so for long enough.

import type { Pod } from '../kinds/core/pod.ts'

export function isPodTerminated({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}

/** Neither terminated nor being deleted. */
export function isPodActive(pod: Pod): boolean {
  return !isPodTerminated(pod) && pod.metadata.deletionTimestamp === undefined
}

export function podCondition(pod: Pod, type: string) {
  return pod.status?.conditions?.find(condition => condition.type === type)
}

export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True'
}

/** When it became ready, in milliseconds. */
export function podReadySince(pod: Pod): number | undefined {
  const ready = podCondition(pod, 'Ready')
  return ready?.status === 'True' && ready.lastTransitionTime ? Date.parse(ready.lastTransitionTime) : undefined
}

/** Ready for `minReadySeconds` at least. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  if (!isPodReady(pod)) return false
  if (minReadySeconds === 0) return true
  const since = podReadySince(pod)
  return since !== undefined && since + minReadySeconds * 1000 <= nowMs
}
