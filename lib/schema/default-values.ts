// The defaults a custom kind's schema names, filled into an object in place, and the nulls that stand for nothing.
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting

import { setMember } from './decode.ts'
import { isObject, type JsonObject } from './json-object.ts'
import type { Schema } from './schema.ts'

/** A property that is absent, or null where it may not be, becomes its default. */
export function fillDefaults(schema: Schema, value: unknown): void {
  if (Array.isArray(value)) {
    const { items } = schema
    if (!items) return
    for (const [i, element] of value.entries()) fillMember(items, value as unknown as JsonObject, `${i}`, element)
  } else if (isObject(value)) fillObject(schema, value)
}

function fillObject({ properties = {}, additionalProperties }: Schema, object: JsonObject): void {
  for (const name of Object.keys(properties)) {
    const property = properties[name]
    if (!property) continue
    if (!Object.hasOwn(object, name)) {
      if (property.default === undefined) continue
      setMember(object, name, structuredClone(property.default))
    }
    fillMember(property, object, name, object[name])
  }
  if (!additionalProperties) return
  for (const name of Object.keys(object)) {
    if (!Object.hasOwn(properties, name)) fillMember(additionalProperties, object, name, object[name])
  }
}

function fillMember(schema: Schema, object: JsonObject, name: string, value: unknown): void {
  if (value === null && !schema.nullable && schema.default !== undefined) {
    setMember(object, name, structuredClone(schema.default))
  }
  fillDefaults(schema, object[name])
}

/** Removes members that are null where null is no value and there is no default: to Go's decoder they are absent. */
export function dropNulls(schema: Schema, value: unknown): void {
  if (Array.isArray(value)) {
    if (schema.items) for (const element of value) dropNulls(schema.items, element)
    return
  }
  if (!isObject(value)) return
  for (const name of Object.keys(value)) {
    const member = memberSchema(schema, name)
    if (!member) continue
    if (value[name] === null && !member.nullable && member.default === undefined) delete value[name]
    else dropNulls(member, value[name])
  }
}

/** The schema of a member; undefined for one that the schema does not speak of. */
export function memberSchema({ properties, additionalProperties }: Schema, name: string): Schema | undefined {
  return properties && Object.hasOwn(properties, name) ? properties[name] : additionalProperties
}
