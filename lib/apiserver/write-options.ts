// What a write says about itself in the query: CreateOptions, UpdateOptions, PatchOptions.

import { type FieldError, invalid, invalidObject, notSupported, tooLong } from '../api/field-errors.ts'

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

export interface WriteOptions {
  dryRun: boolean
  fieldManager: string
  /** What happens to unknown and duplicate fields. */
  fieldValidation: FieldValidation
}

const maxFieldManagerLength = 128

/** `kind` is the options' kind, for the error. Throws Invalid. */
export function writeOptions(query: URLSearchParams, kind: string): WriteOptions {
  const fieldManager = query.get('fieldManager') ?? ''
  const fieldValidation = query.get('fieldValidation') ?? ''
  const errors = [
    ...dryRunErrors(query.getAll('dryRun')),
    ...fieldManagerErrors(fieldManager),
    ...fieldValidationErrors(fieldValidation),
  ]
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', plural: '', kind }, '', errors)
  return {
    dryRun: query.getAll('dryRun').includes('All'),
    fieldManager,
    fieldValidation: (fieldValidation || 'Warn') as FieldValidation,
  }
}

export function dryRunErrors(values: string[]): FieldError[] {
  return values.filter(value => value !== 'All').length > 0 ? [notSupported('dryRun', values, ['All'])] : []
}

function fieldManagerErrors(manager: string): FieldError[] {
  if (manager.length > maxFieldManagerLength) return [tooLong('fieldManager', maxFieldManagerLength)]
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  const isPrintable = !/[\u0000-\u001f\u007f-\u009f]/.test(manager)
  return isPrintable ? [] : [invalid('fieldManager', manager, 'should only contain printable characters')]
}

function fieldValidationErrors(value: string): FieldError[] {
  const isKnown = ['', 'Ignore', 'Warn', 'Strict'].includes(value)
  return isKnown ? [] : [notSupported('fieldValidation', value, ['', 'Ignore', 'Strict', 'Warn'])]
}
