// What must hold for a pod, and for the template of a workload: metadata that means something to pods, then the spec.

import { type FieldError, fieldForbidden } from '../../api/field-errors.ts'
import { validateAnnotations, validateLabels } from '../../api/validation.ts'
import { eachItem } from '../../api/validation-rules.ts'
import type { Pod } from './pod.ts'
import { mirrorAnnotation, podAnnotations, profilesMatch } from './pod-annotation-validation.ts'
import { paddedImage } from './pod-container-validation.ts'
import { validatePodSpec } from './pod-spec-validation.ts'
import type { PodSpec, PodTemplateSpec } from './pod-types.ts'

export function validatePod({ metadata, spec }: Pod): FieldError[] {
  if (!spec) return []
  return [
    ...podAnnotations(metadata.annotations, spec, 'metadata.annotations'),
    ...validatePodSpec(spec, 'spec', { isPod: true, podName: metadata.name }),
    ...tokenVolumes(spec),
    ...eachItem(spec.containers, 'spec.containers', paddedImage),
    ...eachItem(spec.initContainers, 'spec.initContainers', paddedImage),
  ]
}

/** What is asked of new pods only: an update may find it otherwise. */
export function validateNewPod({ metadata, spec }: Pod): FieldError[] {
  if (!spec) return []
  const isGated = (spec.schedulingGates ?? []).length > 0
  return [
    ...(spec.ephemeralContainers?.length
      ? [fieldForbidden('spec.ephemeralContainers', 'cannot be set on create')]
      : []),
    ...(spec.nodeName && isGated
      ? [fieldForbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')]
      : []),
    ...profilesMatch(metadata.annotations, spec, 'spec'),
  ]
}

export function isMirrorPod({ metadata }: Pod): boolean {
  return metadata.annotations?.[mirrorAnnotation] !== undefined
}

export function validatePodTemplate(template: PodTemplateSpec, field: string): FieldError[] {
  const { metadata, spec } = template
  if (!spec) return []
  return [
    ...validateLabels(metadata?.labels, `${field}.labels`),
    ...validateAnnotations(metadata?.annotations, `${field}.annotations`),
    ...podAnnotations(metadata?.annotations, spec, `${field}.annotations`),
    ...validatePodSpec(spec, `${field}.spec`, { isPod: false }),
    ...(spec.ephemeralContainers?.length
      ? [fieldForbidden(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
      : []),
  ]
}

function tokenVolumes({ serviceAccountName, volumes }: PodSpec): FieldError[] {
  if (serviceAccountName) return []
  return eachItem(volumes, 'spec.volumes', ({ projected }, field) =>
    eachItem(projected?.sources, `${field}.projected.sources`, ({ serviceAccountToken }, at) =>
      serviceAccountToken
        ? [fieldForbidden(`${at}.serviceAccountToken`, 'must not be specified when serviceAccountName is not set')]
        : [],
    ),
  )
}
