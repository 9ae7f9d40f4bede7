// What classes of storage share: who makes the volumes, and what it is told.

import { type FieldError, fieldForbidden, invalid, required, tooLong } from '../../api/field-errors.ts'
import { qualifiedName } from '../../api/validation-rules.ts'
import { jsonEqual } from '../../util/json-equal.ts'

const maxCount = 512
const maxBytes = 256 * 1024

type Parameters = Record<string, string>

export function validateProvisioner(name: string | undefined, field: string): FieldError[] {
  return name ? qualifiedName(field, name.toLowerCase()) : [required(field)]
}

export function validateParameters(parameters: Parameters = {}, field = 'parameters'): FieldError[] {
  const entries = Object.entries(parameters)
  if (entries.length > maxCount) return [tooLong(field, maxCount)]
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)
  return [
    ...entries.filter(([key]) => key === '').map(([key]) => invalid(field, key, 'field can not be empty.')),
    ...(size > maxBytes ? [tooLong(field, maxBytes)] : []),
  ]
}

/** `updates to provisioner are forbidden.` for each member that is not as it was. */
export function unchanged<T extends object>(obj: T, old: T, members: (keyof T & string)[]): FieldError[] {
  const changed = members.filter(name => !jsonEqual(obj[name] ?? null, old[name] ?? null))
  return changed.map(name => fieldForbidden(name, `updates to ${name} are forbidden.`))
}
