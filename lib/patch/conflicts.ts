// Applying what others own: the conflicts, and how they are told.

import { StatusError } from '../api/errors.ts'
import { type FieldSet, isEmpty, paths } from './field-set.ts'
import type { Manager } from './managed-fields.ts'
import { pathText } from './path-element.ts'

export interface Conflict {
  manager: Manager
  /** What it owns, and the applied configuration wants otherwise. */
  fields: FieldSet
}

/** Thrown by an apply without force. */
export class ConflictsError extends Error {
  override readonly name = 'ConflictsError'
  readonly conflicts: readonly Conflict[]

  constructor(conflicts: readonly Conflict[]) {
    super('the applied configuration has conflicts')
    this.conflicts = conflicts.filter(({ fields }) => !isEmpty(fields))
  }
}

/** 409, with a cause for every field. */
export function applyConflict({ conflicts }: ConflictsError): StatusError {
  const byManager = conflicts
    .map(({ manager, fields }) => ({ manager: managerText(manager), fields: paths(fields).map(pathText) }))
    .sort((a, b) => (a.manager < b.manager ? -1 : 1))
  const causes = byManager.flatMap(({ manager, fields }) =>
    fields.map(field => ({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field })),
  )
  return new StatusError(409, 'Conflict', message(byManager, causes.length), { causes })
}

function message(byManager: { manager: string; fields: string[] }[], count: number): string {
  const [first] = byManager
  if (count === 1 && first) return `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.fields[0]}`
  const lines = byManager.flatMap(({ manager, fields }) => [
    `conflicts with ${manager}:`,
    ...fields.map(field => `- ${field}`),
  ])
  return `Apply failed with ${count} conflicts: ${lines.join('\n')}`
}

/** `"kubectl" with subresource "scale" using apps/v1`. An applier has no version. */
function managerText({ name, subresource, operation, apiVersion }: Manager): string {
  const through = subresource ? ` with subresource ${JSON.stringify(subresource)}` : ''
  return `${JSON.stringify(name)}${through}${operation === 'Update' ? ` using ${apiVersion}` : ''}`
}
