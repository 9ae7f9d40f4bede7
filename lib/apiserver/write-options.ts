// What a write says about itself in the query: CreateOptions, UpdateOptions, PatchOptions.

import {
  type FieldError,
  fieldForbidden,
  invalid,
  invalidObject,
  notSupported,
  required,
  tooLong,
} from '../api/field-errors.ts'
import { isTrue } from './request-info.ts'

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

export interface WriteOptions {
  dryRun: boolean
  fieldManager: string
  /** What happens to unknown and duplicate fields. */
  fieldValidation: FieldValidation
}

export const maxFieldManagerLength = 128

export interface PatchOptions extends WriteOptions {
  /** An apply takes over what others own. */
  force: boolean
}

/** `kind` is the options' kind, for the error. Throws Invalid. */
export function writeOptions(query: URLSearchParams, kind: string, ofPatch: FieldError[] = []): WriteOptions {
  const fieldManager = query.get('fieldManager') ?? ''
  const fieldValidation = query.get('fieldValidation') ?? ''
  const errors = [
    ...ofPatch,
    ...fieldManagerErrors(fieldManager),
    ...dryRunErrors(query.getAll('dryRun')),
    ...fieldValidationErrors(fieldValidation),
  ]
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', plural: '', kind }, '', errors)
  return {
    dryRun: query.getAll('dryRun').includes('All'),
    fieldManager,
    fieldValidation: (fieldValidation || 'Warn') as FieldValidation,
  }
}

/** Throws Invalid. Only an apply may be forced, and must say who it is by. */
export function patchOptions(query: URLSearchParams, isApply: boolean): PatchOptions {
  const errors: FieldError[] = []
  if (isApply && !query.get('fieldManager')) errors.push(required('fieldManager', 'is required for apply patch'))
  if (!isApply && query.has('force')) errors.push(fieldForbidden('force', 'may not be specified for non-apply patch'))
  return { ...writeOptions(query, 'PatchOptions', errors), force: isTrue(query.get('force')) }
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
