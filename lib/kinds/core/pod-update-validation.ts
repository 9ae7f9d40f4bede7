// What an update may change of a pod: images, deadlines, tolerations added, gates taken away, and nothing else.

import { type FieldError, fieldForbidden, invalid } from '../../api/field-errors.ts'
import { eachItem, inRange } from '../../api/validation-rules.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import type { Pod } from './pod.ts'
import { annotationUpdates } from './pod-annotation-validation.ts'
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
  return [
    ...annotations,
    ...deadline(spec.activeDeadlineSeconds, before.activeDeadlineSeconds),
    ...onlyAddedTolerations(spec.tolerations, before.tolerations, 'spec.tolerations'),
    ...onlyRemovedGates(spec, before),
    ...otherFields(spec, before),
  ]
}

export function annotationChanges({ metadata }: Pod, { metadata: before }: Pod): FieldError[] {
  return annotationUpdates(metadata.annotations, before.annotations, 'metadata.annotations')
}

function deadline(seconds: number | undefined, old: number | undefined): FieldError[] {
  const field = 'spec.activeDeadlineSeconds'
  if (seconds === undefined) {
    return old === undefined ? [] : [invalid(field, undefined, 'must not update from a positive integer to nil value')]
  }
  const range = inRange(field, seconds, 0, 2 ** 31 - 1)
  if (range.length > 0 || old === undefined || seconds <= old) return range
  return [invalid(field, seconds, 'must be less than or equal to previous value')]
}

function onlyRemovedGates({ schedulingGates: gates }: PodSpec, { schedulingGates: old = [] }: PodSpec): FieldError[] {
  return eachItem(gates, 'spec.schedulingGates', ({ name }, at) =>
    old.some(gate => gate.name === name)
      ? []
      : [fieldForbidden(`${at}.name`, `only deletion is allowed, but found new scheduling gate '${name}'`)],
  )
}

function otherFields(spec: PodSpec, old: PodSpec): FieldError[] {
  const comparable = withFreeFieldsOf(spec, old)
  const gated = (old.schedulingGates ?? []).length > 0 ? placementOfGated(comparable, old) : []
  const changed = changedFields(comparable, old)
  if (changed.length === 0) return gated
  const diff = changed.map(name => `- ${name}: ${json(old, name)}\n+ ${name}: ${json(comparable, name)}`).join('\n')
  return [...gated, fieldForbidden('spec', `pod updates may not change fields other than ${updatable}\n${diff}`)]
}

/** A copy of `spec` in which everything that may change is as it was. */
function withFreeFieldsOf(spec: PodSpec, old: PodSpec): PodSpec {
  const copy = structuredClone(spec)
  copy.containers = withImagesOf(copy.containers, old.containers)
  if (copy.initContainers) copy.initContainers = withImagesOf(copy.initContainers, old.initContainers ?? [])
  for (const name of ['activeDeadlineSeconds', 'schedulingGates', 'tolerations'] as const) keep(copy, old, name)
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && copy.terminationGracePeriodSeconds === 1) {
    keep(copy, old, 'terminationGracePeriodSeconds')
  }
  return copy
}

function withImagesOf(containers: PodSpec['containers'], old: PodSpec['containers']): PodSpec['containers'] {
  return containers.map((container, i) => ({ ...container, image: old[i]?.image ?? '' }))
}

function keep<K extends keyof PodSpec>(spec: PodSpec, old: PodSpec, name: K): void {
  if (old[name] === undefined) delete spec[name]
  else spec[name] = old[name]
}

/** While gated, a pod's node selector may be narrowed. `spec` is made equal to `old` there. */
function placementOfGated(spec: PodSpec, old: PodSpec): FieldError[] {
  const kept = Object.entries(old.nodeSelector ?? {}).every(([key, value]) => spec.nodeSelector?.[key] === value)
  const text = 'only additions are allowed (no mutations or deletions)'
  const errors = kept ? [] : [invalid('spec.nodeSelector', spec.nodeSelector ?? {}, text)]
  keep(spec, old, 'nodeSelector')
  return errors
}

function changedFields(spec: PodSpec, old: PodSpec): (keyof PodSpec)[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(spec)])] as (keyof PodSpec)[]
  return names.filter(name => !jsonEqual(semantic(spec[name]), semantic(old[name])))
}

/** Empty and absent are the same. */
function semantic(value: unknown): unknown {
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0
  return isEmpty || value === '' || value === false ? undefined : (value ?? undefined)
}

function json(spec: PodSpec, name: keyof PodSpec): string {
  return JSON.stringify(spec[name] ?? null)
}
