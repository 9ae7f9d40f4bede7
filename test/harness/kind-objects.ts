// Objects for the tests of kinds: defaulted, with metadata that needs no thought.

import type { FieldError } from '../../lib/api/field-errors.ts'
import type { KubeObject } from '../../lib/api/meta.ts'
import type { ResourceDefinition } from '../../lib/api/resource.ts'

export const createdAt = '2026-01-01T00:00:00Z'
export type Fields = Record<string, unknown>

export function objectOf(def: ResourceDefinition, fields: Fields, metadata: object = {}): KubeObject & Fields {
  const object = {
    apiVersion: 'v1',
    kind: def.kind,
    metadata: { name: 'web', namespace: 'default', creationTimestamp: createdAt, ...metadata },
    ...structuredClone(fields),
  }
  def.defaults?.(object)
  return object
}

/** `field: body` of each. */
export function texts(errors: FieldError[] = []): string[] {
  return errors.map(({ field, body }) => `${field}: ${body}`)
}
