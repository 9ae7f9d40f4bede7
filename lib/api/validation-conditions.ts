// What must hold for a list of metav1.Condition in a status, in the words of upstream's apimachinery.

import type { Condition } from './conditions.ts'
import { duplicate, type FieldError, invalid, notSupported, required, tooLong } from './field-errors.ts'
import { eachItem, qualifiedName } from './validation-rules.ts'

const maxReasonBytes = 1024
const maxMessageBytes = 32 * 1024
const reasonFormat = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?'
const reasonText = `a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '${reasonFormat}')`

export function validateConditions(
  conditions: readonly (Condition & { observedGeneration?: number })[] | undefined,
  field: string,
): FieldError[] {
  return eachItem(conditions, field, (condition, at, i) => [
    ...((conditions ?? []).findIndex(({ type }) => type === condition.type) < i
      ? [duplicate(`${at}.type`, condition.type)]
      : []),
    ...conditionErrors(condition, at),
  ])
}

function conditionErrors(condition: Condition & { observedGeneration?: number }, field: string): FieldError[] {
  const { type, status, observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition
  const statuses = ['False', 'True', 'Unknown']
  return [
    ...qualifiedName(`${field}.type`, type),
    ...(statuses.includes(status) ? [] : [notSupported(`${field}.status`, status, statuses)]),
    ...(observedGeneration < 0
      ? [invalid(`${field}.observedGeneration`, observedGeneration, 'must be greater than or equal to zero')]
      : []),
    ...(lastTransitionTime ? [] : [required(`${field}.lastTransitionTime`, 'must be set')]),
    ...reasonErrors(reason, `${field}.reason`),
    ...(Buffer.byteLength(message) > maxMessageBytes ? [tooLong(`${field}.message`, maxMessageBytes)] : []),
  ]
}

function reasonErrors(reason: string, field: string): FieldError[] {
  if (!reason) return [required(field, 'must be set')]
  const isWellFormed = new RegExp(`^${reasonFormat}$`).test(reason)
  return [
    ...(isWellFormed ? [] : [invalid(field, reason, reasonText)]),
    ...(Buffer.byteLength(reason) > maxReasonBytes ? [tooLong(field, maxReasonBytes)] : []),
  ]
}
