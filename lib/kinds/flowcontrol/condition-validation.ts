// The conditions of both flowcontrol kinds: each type once, and none without.

import { duplicate, type FieldError, required } from '../../api/field-errors.ts'
import { eachItem } from '../../api/validation-rules.ts'

export function validateConditions(conditions: { type?: string }[] | undefined): FieldError[] {
  const types = (conditions ?? []).map(({ type = '' }) => type)
  return eachItem(types, 'status.conditions', (type, field, i) => [
    ...(types.indexOf(type) < i ? [duplicate(`${field}.type`, type)] : []),
    ...(type === '' ? [required(`${field}.type`, 'must not be empty')] : []),
  ])
}
