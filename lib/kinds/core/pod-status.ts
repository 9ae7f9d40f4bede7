// The `status` of a pod as its node and the scheduler write it.

import { restoreMember, statusSubresource } from '../status-subresource.ts'
import type { Pod } from './pod.ts'
import { validatePodStatusUpdate } from './pod-status-validation.ts'

type PodStatus = NonNullable<Pod['status']>

export const podStatusSubresource = statusSubresource<Pod>({
  keep: (pod, old) => {
    restoreMember(pod.metadata, old.metadata, 'ownerReferences')
    if (!pod.status || !old.status) return
    if (old.status.qosClass && !pod.status.qosClass) pod.status.qosClass = old.status.qosClass
    keepGenerations(pod.status, old.status)
    // Of a feature that upstream has not turned on.
    if (!old.status.nodeAllocatableResourceClaimStatuses) delete pod.status.nodeAllocatableResourceClaimStatuses
  },
  validateUpdate: validatePodStatusUpdate,
})

/** What generation was seen is not forgotten by writers that do not know of it. */
function keepGenerations(now: PodStatus, old: PodStatus): void {
  if (old.observedGeneration && !now.observedGeneration) now.observedGeneration = old.observedGeneration
  const before = [...(old.conditions ?? [])]
  for (const condition of now.conditions ?? []) {
    const index = before.findIndex(({ type }) => type === condition.type)
    const [was] = index < 0 ? [] : before.splice(index, 1)
    if (was?.observedGeneration) condition.observedGeneration ||= was.observedGeneration
  }
}
