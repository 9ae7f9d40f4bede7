// What must hold for an object before it is stored: metadata, the kind's own rules, and what an update may not change.

import type { FieldError } from '../api/field-errors.ts'
import type { KubeObject } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'

export function validateCreate(def: ResourceDefinition, object: KubeObject): FieldError[] {
  return [...(def.strategy?.validate?.(object) ?? [])]
}

export function validateUpdate(
  def: ResourceDefinition,
  subresource: string,
  object: KubeObject,
  old: KubeObject,
): FieldError[] {
  if (subresource) return [...(def.subresources?.[subresource]?.validateUpdate?.(object, old) ?? [])]
  return [...(def.strategy?.validate?.(object) ?? []), ...(def.strategy?.validateUpdate?.(object, old) ?? [])]
}
