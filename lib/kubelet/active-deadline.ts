// activeDeadlineSeconds: how long a pod may be active on its node, counted from the start that its status shows, so that
// a restart of the kubelet grants no more.

import type { Pod, PodEnd } from './pod.ts'

/** What is told of a pod whose time is over. */
export const deadlineExceeded: PodEnd = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
}

/** When the pod is to end; undefined: it may run on, or has not begun. */
export function deadlineMs({ spec, status }: Pod): number | undefined {
  if (!spec?.activeDeadlineSeconds || !status?.startTime) return undefined
  return Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1000
}
