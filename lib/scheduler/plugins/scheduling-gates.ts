// SchedulingGates: a pod with gates waits until they are gone. It never reaches the filters; see queue.ts.

import type { Pod } from '../../kinds/core/pod.ts'

/** The text of the PodScheduled condition, or undefined when nothing holds the pod back. */
export function gatedBy(pod: Pod): string | undefined {
  const gates = pod.spec?.schedulingGates?.map(gate => gate.name) ?? []
  return gates.length > 0 ? `waiting for scheduling gates: [${gates.join(' ')}]` : undefined
}
