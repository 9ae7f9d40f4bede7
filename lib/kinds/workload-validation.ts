// What must hold for every kind that makes pods from a template: a selector, and a template that it selects.

import { type FieldError, fieldForbidden, invalid, notSupported, required } from '../api/field-errors.ts'
import type { LabelSelector } from '../api/meta.ts'
import { matchesSelector } from '../api/selectors.ts'
import { fieldImmutable } from '../api/validation.ts'
import { isEmptySelector, validateLabelSelector } from '../api/validation-selectors.ts'
import { jsonEqual } from '../util/json-equal.ts'
import type { PodTemplateSpec } from './core/pod-types.ts'
import { validatePodTemplate } from './core/pod-validation.ts'

/** Present, not empty, and well formed; `emptyText` is what the kind says of an empty one. */
export function validateSelector(selector: LabelSelector | undefined, emptyText: string): FieldError[] {
  const field = 'spec.selector'
  if (!selector) return [required(field)]
  const errors = validateLabelSelector(selector, field)
  return isEmptySelector(selector) ? [...errors, invalid(field, selector, emptyText)] : errors
}

interface TemplateRules {
  selector: LabelSelector | undefined
  /** As the texts call it: `ReplicaSet`. */
  kind: string
}

interface SelectingRules extends TemplateRules {
  emptyText: string
  /** Said of a selector that nothing can be selected with. */
  invalidText: string
}

/** The template is only looked at beside a selector that can be used. */
export function validateSelectorAndTemplate(
  template: PodTemplateSpec | undefined,
  { selector, kind, emptyText, invalidText }: SelectingRules,
): FieldError[] {
  const errors = validateSelector(selector, emptyText)
  const isUsable = validateLabelSelector(selector, '').length === 0
  if (isUsable) return [...errors, ...validateTemplate(template, { selector, kind })]
  return [...errors, invalid('spec.selector', printableSelector(selector), invalidText)]
}

/** A template whose pods run until they are told to end. */
export function validateTemplate(
  template: PodTemplateSpec | undefined,
  { selector, kind }: TemplateRules,
): FieldError[] {
  if (!template) return [required('spec.template')]
  return [
    ...selectorMismatch(template, selector),
    ...validatePodTemplate(template, 'spec.template'),
    ...validateEndless(template, kind),
  ]
}

export function validateEndless({ spec }: PodTemplateSpec, kind: string): FieldError[] {
  const field = 'spec.template.spec'
  const isAlways = !spec || spec.restartPolicy === 'Always'
  const text = `activeDeadlineSeconds in ${kind} is not Supported`
  return [
    ...(isAlways ? [] : [notSupported(`${field}.restartPolicy`, spec.restartPolicy ?? '', ['Always'])]),
    ...(spec?.activeDeadlineSeconds === undefined ? [] : [fieldForbidden(`${field}.activeDeadlineSeconds`, text)]),
  ]
}

/** No selector selects nothing; an empty one selects everything. */
export function selectorMismatch({ metadata }: PodTemplateSpec, selector: LabelSelector | undefined): FieldError[] {
  const labels = metadata?.labels
  if (selector && (isEmptySelector(selector) || matchesSelector(selector, labels))) return []
  const text = '`selector` does not match template `labels`'
  return [invalid('spec.template.metadata.labels', labels && sorted(labels), text)]
}

interface WithSelector {
  spec?: { selector?: LabelSelector } | undefined
}

export function selectorUnchanged({ spec }: WithSelector, { spec: old }: WithSelector): FieldError[] {
  if (jsonEqual(spec?.selector ?? null, old?.selector ?? null)) return []
  return [invalid('spec.selector', printableSelector(spec?.selector), fieldImmutable)]
}

/** As messages print it: labels in order, expressions behind them. */
function printableSelector(selector: LabelSelector | undefined): object | undefined {
  if (!selector) return undefined
  const { matchLabels, matchExpressions } = selector
  return {
    ...(matchLabels ? { matchLabels: sorted(matchLabels) } : {}),
    ...(matchExpressions ? { matchExpressions } : {}),
  }
}

function sorted(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
