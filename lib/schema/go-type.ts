// What Go calls a schema's type and a JSON value's, for the decoder's messages. Pure.

import { definitionNames } from './definition-names.ts'
import type { Schema } from './schema.ts'

/** `DeploymentSpec` of `V1DeploymentSpec`. */
export function structName(schema: Schema): string {
  return qualifiedName(schema).split('.').pop() ?? ''
}

/** `v1.DeploymentSpec`, as Go prints the type. */
function qualifiedName({ name = '' }: Schema): string {
  return definitionNames.get(name)?.split('.').slice(-2).join('.') ?? name
}

/** A schema's type as Go prints it. */
export function goType(schema: Schema): string {
  if (schema.name) return qualifiedName(schema)
  if (schema.intOrString) return 'intstr.IntOrString'
  if (schema.quantity) return 'resource.Quantity'
  switch (schema.type) {
    case 'array':
      return `[]${goType(schema.items ?? {})}`
    case 'object':
      if (schema.additionalProperties?.quantity) return 'v1.ResourceList'
      return `map[string]${goType(schema.additionalProperties ?? {})}`
    case 'integer':
      return schema.format ?? 'int64'
    case 'number':
      return 'float64'
    case 'boolean':
      return 'bool'
    case 'string':
      return schema.format === 'byte' ? '[]uint8' : 'string'
    default:
      return 'interface {}'
  }
}

export function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
