// What ConfigMaps and Secrets share: a size limit, and a switch that makes their data immutable for good.

import { type FieldError, fieldForbidden } from '../../api/field-errors.ts'
import { jsonEqual } from '../../util/json-equal.ts'

export const maxDataBytes = 1024 * 1024

/** How many bytes a base64 text stands for. */
export function sizeOfBase64(text: string): number {
  return Buffer.byteLength(text, 'base64')
}

export function immutableMembers<T extends { immutable?: boolean }>(obj: T, old: T, members: (keyof T & string)[]) {
  const errors: FieldError[] = []
  if (!old.immutable) return errors
  const text = 'field is immutable when `immutable` is set'
  if (!obj.immutable) errors.push(fieldForbidden('immutable', text))
  const changed = members.filter(name => !jsonEqual(obj[name] ?? {}, old[name] ?? {}))
  return [...errors, ...changed.map(name => fieldForbidden(name, text))]
}
