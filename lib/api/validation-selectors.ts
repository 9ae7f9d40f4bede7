// What must hold for a metav1.LabelSelector, in the fields and words of upstream's apimachinery.

import { type FieldError, fieldForbidden, invalid, required } from './field-errors.ts'
import { labelValueErrors } from './label-syntax.ts'
import type { LabelSelector } from './meta.ts'
import { asInvalid, validateLabels } from './validation.ts'
import { qualifiedNameErrors } from './validation-names.ts'
import { eachItem } from './validation-rules.ts'

type SelectorRequirement = NonNullable<LabelSelector['matchExpressions']>[number]

export function validateLabelSelector(selector: LabelSelector | undefined, field: string): FieldError[] {
  if (!selector) return []
  return [
    ...validateLabels(selector.matchLabels, `${field}.matchLabels`),
    ...eachItem(selector.matchExpressions, `${field}.matchExpressions`, requirementErrors),
  ]
}

function requirementErrors({ key, operator, values = [] }: SelectorRequirement, field: string): FieldError[] {
  return [
    ...operatorErrors(operator, values, field),
    ...asInvalid(`${field}.key`, key, qualifiedNameErrors(key)),
    ...eachItem(values, `${field}.values`, (value, at) => asInvalid(at, value, labelValueErrors(value))),
  ]
}

function operatorErrors(operator: string, values: string[], field: string): FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return []
      return [required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")]
    case 'Exists':
    case 'DoesNotExist':
      if (values.length === 0) return []
      return [fieldForbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
    default:
      return [invalid(`${field}.operator`, operator, 'not a valid selector operator')]
  }
}

/** Neither labels nor expressions: such a selector selects everything. */
export function isEmptySelector(selector: LabelSelector | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length === 0
}
