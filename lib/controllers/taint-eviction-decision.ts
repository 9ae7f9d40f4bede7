// When a pod must leave a node for the taints the node has. Pure.

import { type Taint, tolerates } from '../controller/taints.ts'
import type { Pod } from '../kinds/core/pod.ts'

/** Undefined: the pod stays. Otherwise how long after the taints' start it goes: 0 is at once. */
export function evictAfterSeconds(pod: Pod, noExecute: Taint[]): number | undefined {
  if (noExecute.length === 0) return undefined
  const tolerations = pod.spec?.tolerations ?? []
  const used = noExecute.map(taint => tolerations.find(toleration => tolerates(toleration, taint)))
  if (used.some(toleration => toleration === undefined)) return 0
  const seconds = used.flatMap(toleration => toleration?.tolerationSeconds ?? [])
  return seconds.length > 0 ? Math.max(0, Math.min(...seconds)) : undefined
}

export function noExecuteTaints(taints: Taint[] | undefined): Taint[] {
  return (taints ?? []).filter(taint => taint.effect === 'NoExecute')
}
