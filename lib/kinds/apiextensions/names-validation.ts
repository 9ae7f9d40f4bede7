// The names a CustomResourceDefinition asks for, and those its status says it was given.

import { type FieldError, invalid, required } from '../../api/field-errors.ts'
import { dns1035LabelErrors } from '../../api/validation-names.ts'
import type { Names } from './types.ts'

/** In spec, four of them must be there (two by default). */
export function validateRequiredNames(names: Partial<Names>, field: string): FieldError[] {
  const wanted = ['plural', 'singular', 'kind', 'listKind'] as const
  return wanted.filter(name => !names[name]).map(name => required(`${field}.${name}`))
}

export function validateNames(names: Partial<Names>, field: string): FieldError[] {
  const { plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = [] } = names
  const errors = [
    ...label(`${field}.plural`, plural),
    ...label(`${field}.singular`, singular),
    ...mixedCase(`${field}.kind`, kind),
    ...mixedCase(`${field}.listKind`, listKind),
    ...shortNames.flatMap((name, i) => label(`${field}.shortNames[${i}]`, name, true)),
  ]
  if (kind && kind === listKind) {
    errors.push(invalid(`${field}.listKind`, listKind, 'kind and listKind may not be the same'))
  }
  return [...errors, ...categories.flatMap((name, i) => label(`${field}.categories[${i}]`, name, true))]
}

/** All that is wrong with a DNS label, in one error. */
export function label(field: string, value: string, isRequired = false): FieldError[] {
  const errors = value || isRequired ? dns1035LabelErrors(value) : []
  return errors.length > 0 ? [invalid(field, value, errors.join(','))] : []
}

function mixedCase(field: string, value: string): FieldError[] {
  const errors = value ? dns1035LabelErrors(value.toLowerCase()) : []
  const why = `may have mixed case, but should otherwise match: ${errors.join(',')}`
  return errors.length > 0 ? [invalid(field, value, why)] : []
}
