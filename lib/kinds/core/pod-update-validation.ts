// What an update may change of a pod: images, deadlines, tolerations added, gates taken away, and nothing else.

import { type FieldError, fieldForbidden, invalid } from '../../api/field-errors.ts'
import { eachItem, inRange } from '../../api/validation-rules.ts'
import { jsonDiff } from '../../util/unified-diff.ts'
import { restoreMember } from '../status-subresource.ts'
import type { Pod } from './pod.ts'
import { nodeAffinityNarrowed } from './pod-affinity-update.ts'
import { annotationUpdates } from './pod-annotation-validation.ts'
import { semanticEqual } from './pod-semantic-equal.ts'
import { onlyAddedTolerations } from './pod-toleration-validation.ts'
import type { PodSpec } from './pod-types.ts'

const updatable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',')

export function validatePodUpdate(pod: Pod, old: Pod): FieldError[] {
  const { spec } = pod
  const before = old.spec
  if (!spec || !before) return []
  const annotations = annotationChanges(pod, old)
  for (const list of ['containers', 'initContainers'] as const) {
    if ((spec[list] ?? []).length !== (before[list] ?? []).length) {
      return [...annotations, fieldForbidden(`spec.${list}`, 'pod updates may not add or remove containers')]
    }
  }
  const deadline = deadlineErrors(spec.activeDeadlineSeconds, before.activeDeadlineSeconds)
  if (deadline.isFatal) return [...annotations, ...deadline.errors]
  return [
    ...annotations,
    ...deadline.errors,
    ...onlyAddedTolerations(spec.tolerations, before.tolerations, 'spec.tolerations'),
    ...onlyRemovedGates(spec, before),
    ...otherFields(spec, before),
  ]
}

export function annotationChanges({ metadata }: Pod, { metadata: before }: Pod): FieldError[] {
  return annotationUpdates(metadata.annotations, before.annotations, 'metadata.annotations')
}

/** From none to one, or to a shorter one. */
function deadlineErrors(seconds: number | undefined, old: number | undefined) {
  const field = 'spec.activeDeadlineSeconds'
  if (seconds === undefined) {
    const text = 'must not update from a positive integer to nil value'
    return { errors: old === undefined ? [] : [invalid(field, undefined, text)], isFatal: false }
  }
  const errors = inRange(field, seconds, 0, 2 ** 31 - 1)
  if (errors.length === 0 && old !== undefined && seconds > old) {
    errors.push(invalid(field, seconds, 'must be less than or equal to previous value'))
  }
  return { errors, isFatal: errors.length > 0 }
}

function onlyRemovedGates({ schedulingGates: gates }: PodSpec, { schedulingGates: old = [] }: PodSpec): FieldError[] {
  return eachItem(gates, 'spec.schedulingGates', ({ name }, at) =>
    old.some(gate => gate.name === name)
      ? []
      : [fieldForbidden(`${at}.name`, `only deletion is allowed, but found new scheduling gate '${name}'`)],
  )
}

function otherFields(spec: PodSpec, old: PodSpec): FieldError[] {
  if (semanticEqual(spec, old)) return []
  const comparable = withFreeFieldsOf(spec, old)
  const gated = (old.schedulingGates ?? []).length > 0 ? placementOfGated(comparable, old) : []
  if (semanticEqual(comparable, old)) return gated
  const diff = jsonDiff(comparableText(old), comparableText(comparable))
  return [...gated, fieldForbidden('spec', `pod updates may not change fields other than ${updatable}\n${diff}`)]
}

/** Members in one order on both sides: only what differs is to be shown. */
function comparableText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparableText)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, member]) => [name, comparableText(member)]))
}

/** A copy of `spec` in which everything that may change is as it was. */
function withFreeFieldsOf(spec: PodSpec, old: PodSpec): PodSpec {
  const copy = structuredClone(spec)
  copy.containers = withImagesOf(copy.containers, old.containers)
  if (copy.initContainers) copy.initContainers = withImagesOf(copy.initContainers, old.initContainers ?? [])
  for (const name of ['activeDeadlineSeconds', 'schedulingGates', 'tolerations'] as const) {
    restoreMember(copy, old, name)
  }
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && copy.terminationGracePeriodSeconds === 1) {
    restoreMember(copy, old, 'terminationGracePeriodSeconds')
  }
  return copy
}

function withImagesOf(containers: PodSpec['containers'], old: PodSpec['containers']): PodSpec['containers'] {
  return containers.map((container, i) => ({ ...container, image: old[i]?.image ?? '' }))
}

/** While gated, where a pod may go can be narrowed. `spec` is made equal to `old` there. */
function placementOfGated(spec: PodSpec, old: PodSpec): FieldError[] {
  const errors = [...selectorErrors(spec, old), ...nodeAffinityNarrowed(spec.affinity, old.affinity)]
  restoreMember(spec, old, 'nodeSelector')
  const { nodeAffinity: _, ...affinity } = spec.affinity ?? {}
  const nodeAffinity = old.affinity?.nodeAffinity
  spec.affinity = nodeAffinity ? { ...affinity, nodeAffinity } : affinity
  if (!old.affinity && Object.keys(spec.affinity).length === 0) delete spec.affinity
  return errors
}

function selectorErrors({ nodeSelector: now = {} }: PodSpec, { nodeSelector: old = {} }: PodSpec): FieldError[] {
  if (Object.entries(old).every(([key, value]) => now[key] === value)) return []
  const text = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'
  return [invalid('spec.nodeSelector', now, text)]
}
