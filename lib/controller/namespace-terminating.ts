// Creating in a namespace that is going fails by design: its end will take the creator too.

import { StatusError } from '../api/errors.ts'

export function isNamespaceTerminating(error: unknown): boolean {
  return (
    error instanceof StatusError &&
    error.details?.causes?.some(cause => cause.reason === 'NamespaceTerminating') === true
  )
}
