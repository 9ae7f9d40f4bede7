// What must hold for a pod, and for the template of a workload: metadata that means something to pods, then the spec.

import { type FieldError, fieldForbidden, invalid } from '../../api/field-errors.ts'
import { validateAnnotations, validateLabels } from '../../api/validation.ts'
import { eachItem } from '../../api/validation-rules.ts'
import type { Pod } from './pod.ts'
import { validatePodSpec } from './pod-spec-validation.ts'
import type { Container, PodSpec, PodTemplateSpec } from './pod-types.ts'

const mirrorAnnotation = 'kubernetes.io/config.mirror'
const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost'

export function validatePod({ metadata, spec }: Pod): FieldError[] {
  if (!spec) return []
  return [
    ...podAnnotations(metadata.annotations, spec, 'metadata.annotations'),
    ...validatePodSpec(spec, 'spec', { isPod: true, podName: metadata.name }),
    ...tokenVolumes(spec),
    ...eachItem(spec.containers, 'spec.containers', paddedImage),
    ...eachItem(spec.initContainers, 'spec.initContainers', paddedImage),
    ...(spec.nodeName && spec.schedulingGates?.length
      ? [fieldForbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')]
      : []),
  ]
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

function podAnnotations(annotations: Record<string, string> | undefined, spec: PodSpec, field: string): FieldError[] {
  const errors: FieldError[] = []
  const mirror = annotations?.[mirrorAnnotation]
  if (mirror !== undefined && !spec.nodeName) {
    const text = 'must set spec.nodeName if mirror pod annotation is set'
    errors.push(invalid(`${field}[${mirrorAnnotation}]`, mirror, text))
  }
  const cost = annotations?.[deletionCostAnnotation]
  if (cost !== undefined && !isDeletionCost(cost)) {
    errors.push(invalid(`${field}[${deletionCostAnnotation}]`, cost, 'must be a 32bit integer'))
  }
  return errors
}

/** A 32-bit number without a plus sign or leading zeros. */
function isDeletionCost(text: string): boolean {
  return /^(0|-?[1-9][0-9]*)$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31
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

function paddedImage({ image = '' }: Container, field: string): FieldError[] {
  if (image.trim() === image) return []
  return [invalid(`${field}.image`, image, 'must not have leading or trailing whitespace')]
}
