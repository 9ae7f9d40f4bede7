// Removes from a custom object, in place, what its schema does not have. Types are not looked at: a value of the wrong
// type is validation's to refuse. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning

import type { DecodeOptions } from './decode.ts'
import type { JsonObject } from './json-object.ts'
import { pathText } from './path-text.ts'
import type { Schema } from './schema.ts'

const objectFields = new Set(['apiVersion', 'kind', 'metadata'])

/** The root's apiVersion, kind and metadata stay, whatever the schema says. */
export function prune(schema: Schema, value: unknown, options: DecodeOptions = {}): void {
  pruneValue({ ...schema, embeddedResource: true }, value, options, [])
}

function pruneValue(schema: Schema, value: unknown, options: DecodeOptions, path: (string | number)[]): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    const { items } = schema
    if (items) for (const [i, element] of value.entries()) pruneValue(items, element, options, [...path, i])
    return
  }
  for (const name of Object.keys(value)) pruneMember(schema, value as JsonObject, name, options, path)
}

function pruneMember(
  schema: Schema,
  object: JsonObject,
  name: string,
  options: DecodeOptions,
  path: (string | number)[],
): void {
  if (schema.embeddedResource && objectFields.has(name)) return
  const here = [...path, name]
  const known = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
  const member = known ?? schema.additionalProperties
  if (member) {
    pruneValue(member, object[name], options, here)
  } else if (!schema.preserveUnknownFields) {
    options.onUnknown?.(pathText(here))
    delete object[name]
  }
}
