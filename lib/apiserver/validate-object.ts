// What must hold for an object before it is stored: metadata, the kind's own rules, and what an update may not change.

import type { FieldError } from '../api/field-errors.ts'
import type { KubeObject } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import { validateObjectMeta, validateObjectMetaUpdate } from '../api/validation.ts'

export function validateCreate(def: ResourceDefinition, object: KubeObject): FieldError[] {
  const { nameRule, allowsPlainFinalizers } = def.strategy ?? {}
  const rules = { isNamespaced: def.scope === 'Namespaced', nameRule, allowsPlainFinalizers }
  return [
    ...validateObjectMeta(object.metadata, rules),
    ...(def.strategy?.validate?.(object) ?? []),
    ...(def.strategy?.validateCreate?.(object) ?? []),
  ]
}

export function validateUpdate(
  def: ResourceDefinition,
  subresource: string,
  object: KubeObject,
  old: KubeObject,
): FieldError[] {
  const { allowsPlainFinalizers = false } = def.strategy ?? {}
  const errors = validateObjectMetaUpdate(object.metadata, old.metadata, 'metadata', { allowsPlainFinalizers })
  if (subresource) return [...errors, ...(def.subresources?.[subresource]?.validateUpdate?.(object, old) ?? [])]
  return [
    ...errors,
    ...(def.strategy?.validate?.(object, old) ?? []),
    ...(def.strategy?.validateUpdate?.(object, old) ?? []),
  ]
}
