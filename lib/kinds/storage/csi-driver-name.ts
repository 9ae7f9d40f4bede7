// What the name of a driver may be, of storage and of other devices: a DNS name of at most 63 bytes, in any case.

import { type FieldError, required, tooLong } from '../../api/field-errors.ts'
import { asInvalid } from '../../api/validation.ts'
import { dnsSubdomainErrors } from '../../api/validation-names.ts'

const maxBytes = 63

export function validateDriverName(name: string | undefined, field: string): FieldError[] {
  if (!name) return [required(field)]
  return [
    ...(Buffer.byteLength(name) > maxBytes ? [tooLong(field, maxBytes)] : []),
    ...asInvalid(field, name, dnsSubdomainErrors(name.toLowerCase())),
  ]
}
