// The `resize` subresource: other amounts of cpu and memory for a pod that runs, and nothing else.
// https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/

import type { Subresource } from '../../api/resource.ts'
import { restoreAllBut, restoreMetadata } from '../status-subresource.ts'
import type { Pod } from './pod.ts'
import { validateResize } from './pod-resize-validation.ts'
import type { Container } from './pod-types.ts'

export const resizeSubresource: Subresource<Pod> = {
  verbs: ['get', 'patch', 'update'],
  prepareForUpdate: keepAllButResources,
  validateUpdate: validateResize,
}

/** Lists of another length are left for the validation to refuse. */
function keepAllButResources(pod: Pod, old: Pod): void {
  const { spec } = pod
  if (!spec || !old.spec) return
  const { containers, initContainers = [] } = old.spec
  if (spec.containers.length !== containers.length || (spec.initContainers ?? []).length !== initContainers.length)
    return
  restoreAllBut(pod, old, ['metadata'])
  restoreMetadata(pod, old)
  const { resources: _, ...rest } = old.spec
  pod.spec = {
    ...rest,
    ...(spec.resources ? { resources: spec.resources } : {}),
    containers: withResourcesOf(containers, spec.containers),
    ...(spec.initContainers ? { initContainers: withResourcesOf(initContainers, spec.initContainers) } : {}),
  }
}

/** The new list itself when it names others: that is refused later. */
function withResourcesOf(old: Container[], now: Container[]): Container[] {
  if (now.some(({ name }, i) => name !== old[i]?.name)) return now
  return old.map((container, i) => {
    const { resources: _, resizePolicy: __, ...rest } = container
    const { resources, resizePolicy } = now[i] as Container
    return { ...rest, ...(resources ? { resources } : {}), ...(resizePolicy ? { resizePolicy } : {}) }
  })
}
