// The `ephemeralcontainers` subresource: the one way to put a container into a pod that runs. What was put there stays.

import { type FieldError, fieldForbidden } from '../../api/field-errors.ts'
import type { Subresource } from '../../api/resource.ts'
import { goQuote } from '../../util/go-quote.ts'
import { jsonDiff } from '../../util/unified-diff.ts'
import { restoreAllBut, restoreMetadata } from '../status-subresource.ts'
import type { Pod } from './pod.ts'
import { semanticEqual } from './pod-semantic-equal.ts'
import { annotationChanges } from './pod-update-validation.ts'
import { isMirrorPod, validatePod } from './pod-validation.ts'

export const ephemeralContainersSubresource: Subresource<Pod> = {
  verbs: ['get', 'patch', 'update'],
  prepareForUpdate: (pod, old) => {
    const { ephemeralContainers } = pod.spec ?? {}
    restoreAllBut(pod, old, ['metadata'])
    restoreMetadata(pod, old)
    if (!old.spec) return
    const { ephemeralContainers: _, ...spec } = old.spec
    pod.spec = ephemeralContainers ? { ...spec, ephemeralContainers } : spec
  },
  validateUpdate: validateEphemeralContainersUpdate,
}

const field = 'spec.ephemeralContainers'

function validateEphemeralContainersUpdate(pod: Pod, old: Pod): FieldError[] {
  if (isMirrorPod(old)) return [fieldForbidden('', 'static pods do not support ephemeral containers')]
  return [...validatePod(pod), ...annotationChanges(pod, old), ...changesOfExisting(pod, old)]
}

function changesOfExisting({ spec }: Pod, { spec: old }: Pod): FieldError[] {
  return (old?.ephemeralContainers ?? []).flatMap(before => {
    const name = goQuote(before.name)
    const after = spec?.ephemeralContainers?.findLast(container => container.name === before.name)
    if (!after) return [fieldForbidden(field, `existing ephemeral containers ${name} may not be removed\n`)]
    if (semanticEqual(before, after)) return []
    const diff = jsonDiff(before, after)
    return [fieldForbidden(field, `existing ephemeral containers ${name} may not be changed\n${diff}`)]
  })
}
