// What must hold for every kind that makes pods from a template: a selector, and a template that it selects.

import { type FieldError, fieldForbidden, invalid, notSupported, required } from '../api/field-errors.ts'
import type { LabelSelector } from '../api/meta.ts'
import { matchesSelector } from '../api/selectors.ts'
import { immutable, nonNegative } from '../api/validation.ts'
import { isEmptySelector, validateLabelSelector } from '../api/validation-selectors.ts'
import type { PodTemplateSpec } from './core/pod-types.ts'
import { validatePodTemplate } from './core/pod-validation.ts'

/** Present, not empty, and well formed; `emptyText` is what the kind says of an empty one. */
export function validateSelector(selector: LabelSelector | undefined, emptyText: string): FieldError[] {
  const field = 'spec.selector'
  if (!selector) return [required(field)]
  const errors = validateLabelSelector(selector, field)
  if (isEmptySelector(selector)) errors.push(invalid(field, selector, emptyText))
  else if (errors.length > 0) errors.push(invalid(field, selector, 'invalid label selector'))
  return errors
}

interface TemplateRules {
  selector: LabelSelector | undefined
  /** As the texts call it: `ReplicaSet`. */
  kind: string
}

/** A template whose pods run until they are told to end. */
export function validateTemplate(
  template: PodTemplateSpec | undefined,
  { selector, kind }: TemplateRules,
): FieldError[] {
  if (!template) return [required('spec.template')]
  const { spec } = template
  const errors = [...selectorMismatch(template, selector), ...validatePodTemplate(template, 'spec.template')]
  if (spec && spec.restartPolicy !== 'Always') {
    errors.push(notSupported('spec.template.spec.restartPolicy', spec.restartPolicy ?? '', ['Always']))
  }
  if (spec?.activeDeadlineSeconds !== undefined) {
    const text = `activeDeadlineSeconds in ${kind} is not Supported`
    errors.push(fieldForbidden('spec.template.spec.activeDeadlineSeconds', text))
  }
  return errors
}

function selectorMismatch({ metadata }: PodTemplateSpec, selector: LabelSelector | undefined): FieldError[] {
  const labels = metadata?.labels
  if (isEmptySelector(selector) || matchesSelector(selector, labels)) return []
  return [invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]
}

interface WorkloadSpec {
  replicas?: number
  minReadySeconds?: number
  revisionHistoryLimit?: number
}

export function validateCounts(spec: WorkloadSpec): FieldError[] {
  return (['replicas', 'minReadySeconds', 'revisionHistoryLimit'] as const).flatMap(name =>
    nonNegative(`spec.${name}`, spec[name]),
  )
}

interface WithSelector {
  spec?: { selector?: unknown } | undefined
}

export function selectorUnchanged(obj: WithSelector, old: WithSelector): FieldError[] {
  return immutable('spec.selector', obj.spec?.selector, old.spec?.selector)
}

const statusCounts = [
  'replicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'observedGeneration',
] as const

/** The counts of a status: none negative, and no part larger than the whole. */
export function validateReplicaStatus(
  status: Partial<Record<(typeof statusCounts)[number], number>> | undefined,
): FieldError[] {
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status ?? {}
  const errors = statusCounts.flatMap(name => nonNegative(`status.${name}`, status?.[name]))
  for (const name of ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    const count = status?.[name] ?? 0
    if (count > replicas) errors.push(invalid(`status.${name}`, count, 'cannot be greater than status.replicas'))
  }
  if (availableReplicas > readyReplicas) {
    errors.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'))
  }
  return errors
}
