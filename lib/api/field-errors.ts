// What is wrong with a field, in the words of upstream's pkg/util/validation/field.

import { goJson } from '../util/go-json.ts'
import { goQuote } from '../util/go-quote.ts'
import { StatusError } from './errors.ts'

export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError'

export interface FieldError {
  type: FieldErrorType
  /** `spec.containers[0].name`; '' is the object itself. */
  field: string
  /** The text after `field: `. */
  body: string
}

/** A value as Go's field errors print it: strings quoted, objects as JSON. */
function printed(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'string') return goQuote(value)
  return typeof value === 'object' ? goJson(value) : String(value)
}

const withDetail = (text: string, detail: string) => (detail ? `${text}: ${detail}` : text)

export function required(field: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field, body: withDetail('Required value', detail) }
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, body: withDetail(`Invalid value: ${printed(value)}`, detail) }
}

/** Wrong as a whole, or beside its value: the value is left out. */
export function invalidWhole(field: string, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, body: `Invalid value: ${detail}` }
}

export function typeInvalid(field: string, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueTypeInvalid', field, body: withDetail(`Invalid value: ${printed(value)}`, detail) }
}

export function notSupported(field: string, value: unknown, supported: string[]): FieldError {
  const quoted = supported.map(goQuote)
  return {
    type: 'FieldValueNotSupported',
    field,
    body: withDetail(`Unsupported value: ${printed(value)}`, `supported values: ${quoted.join(', ')}`),
  }
}

export function duplicate(field: string, value: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field, body: `Duplicate value: ${printed(value)}` }
}

export function fieldForbidden(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, body: withDetail('Forbidden', detail) }
}

export function fieldNotFound(field: string, value: unknown): FieldError {
  return { type: 'FieldValueNotFound', field, body: `Not found: ${printed(value)}` }
}

export function tooLong(field: string, maxBytes: number): FieldError {
  return { type: 'FieldValueTooLong', field, body: `Too long: may not be more than ${maxBytes} bytes` }
}

export function tooMany(field: string, actual: number, max: number): FieldError {
  return { type: 'FieldValueTooMany', field, body: `Too many: ${actual}: must have at most ${max} items` }
}

/** 422 Invalid, as upstream's NewInvalid makes it: every error in the message and as a cause. */
export function invalidObject(
  resource: { group: string; kind: string; plural?: string },
  name: string,
  errors: FieldError[],
): StatusError {
  const texts = errors.map(e => `${e.field}: ${e.body}`)
  const unique = [...new Set(texts)]
  const list = unique.length === 1 ? unique[0] : `[${unique.join(', ')}]`
  const subject = resource.group ? `${resource.kind}.${resource.group}` : resource.kind
  return new StatusError(422, 'Invalid', `${subject} "${name}" is invalid: ${list}`, {
    ...(name ? { name } : {}),
    ...(resource.group ? { group: resource.group } : {}),
    kind: resource.kind,
    causes: errors.map(e => ({ reason: e.type, message: e.body, field: e.field })),
  })
}
