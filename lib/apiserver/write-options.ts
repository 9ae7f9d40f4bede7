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
  const errors = manager.length > maxFieldManagerLength ? [tooLong('fieldManager', maxFieldManagerLength)] : []
  let position = 0
  for (const char of manager) {
    const code = char.codePointAt(0) ?? 0
    const isPrintable = code >= 0x20 && (code < 0x7f || code > 0xa0)
    const shown = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
    if (!isPrintable)
      errors.push(invalid('fieldManager', manager, `invalid character ${shown} (at position ${position})`))
    position += Buffer.byteLength(char)
  }
  return errors
}

function fieldValidationErrors(value: string): FieldError[] {
  const isKnown = ['', 'Ignore', 'Warn', 'Strict'].includes(value)
  return isKnown ? [] : [notSupported('fieldValidation', value, ['', 'Ignore', 'Strict', 'Warn'])]
}
