// How a value merges, by its schema: as a leaf (one owner for all of it), as a list whose elements have names of their
// own, or as a map. Where the schema is silent (custom resources without one, fields that are kept though unknown) the
// value itself tells: a map is granular, a list is a leaf.

import { builtinSchema } from '../schema/builtin.ts'
import type { Schema } from '../schema/schema.ts'
import { isObject, type Json, type JsonObject, printed } from './json.ts'
import { keyElement, valueElement } from './path-element.ts'

export type Shape = 'leaf' | 'list' | 'map'

/** Any value. */
export const untyped: Schema = {}

/** The shape of `value`; null has the shape that its schema allows, or that of `other` beside it. */
export function shapeOf(schema: Schema, value: Json | undefined, other?: Json): Shape {
  const kind = kindOf(schema, value) ?? kindOf(schema, other) ?? 'map'
  if (kind === 'map') return schema.mapType === 'atomic' ? 'leaf' : 'map'
  if (kind === 'list') return schema.listType === 'set' || schema.listType === 'map' ? 'list' : 'leaf'
  return 'leaf'
}

/** undefined: a null or absent value where the schema takes anything. */
export function kindOf(schema: Schema, value: Json | undefined): 'scalar' | 'list' | 'map' | undefined {
  if (schema.type === 'object') return 'map'
  if (schema.type === 'array') return 'list'
  if (schema.type !== undefined || schema.intOrString || schema.quantity) return 'scalar'
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return 'list'
  return isObject(value) ? 'map' : 'scalar'
}

/** The fields that a schema names; a map has none. */
export function isDeclared(schema: Schema, name: string): boolean {
  const properties = propertiesOf(schema)
  return properties !== undefined && Object.hasOwn(properties, name)
}

/** A whole object within another has what every object has. */
function propertiesOf(schema: Schema): Schema['properties'] {
  return schema.embeddedResource ? rootSchema(schema).properties : schema.properties
}

/** The schema of a member; undefined when there may be no such member. */
export function memberSchema(schema: Schema, name: string): Schema | undefined {
  const { additionalProperties } = schema
  const properties = propertiesOf(schema)
  const declared = properties && Object.hasOwn(properties, name) ? properties[name] : undefined
  if (declared) return schema.preserveUnknownFields ? preserving(declared) : declared
  if (additionalProperties) return additionalProperties
  if (schema.preserveUnknownFields || !properties || Object.keys(properties).length === 0) return untyped
  return undefined
}

export function itemSchema(schema: Schema): Schema {
  const { items = untyped } = schema
  return schema.preserveUnknownFields ? preserving(items) : items
}

const preserved = new WeakMap<Schema, Schema>()

/** What keeps unknown fields keeps them in all that is below it. */
function preserving(schema: Schema): Schema {
  const isContainer = schema.type === 'object' || schema.type === 'array'
  // Metadata is what it is everywhere.
  if (!isContainer || schema.preserveUnknownFields || schema.name !== undefined) return schema
  const known = preserved.get(schema)
  if (known) return known
  const derived = { ...schema, preserveUnknownFields: true }
  preserved.set(schema, derived)
  return derived
}

/** An element that has no name in its list. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError'
}

/** The path element of an item of a list of shape `list`. Throws ShapeError. */
export function itemElement(schema: Schema, item: Json): string {
  return schema.listType === 'map' ? keyedElement(schema, item) : setElement(item)
}

function keyedElement(schema: Schema, item: Json): string {
  if (item === null) throw new ShapeError('associative list with keys may not have a null element')
  if (!isObject(item)) throw new ShapeError('associative list with keys may not have non-map elements')
  const names = schema.listMapKeys ?? []
  const keys: [string, Json][] = []
  for (const name of names) {
    const value = Object.hasOwn(item, name) ? item[name] : (schema.items?.properties?.[name]?.default as Json)
    if (value !== undefined) keys.push([name, value])
  }
  if (keys.length > 0) return keyElement(keys)
  const all = `[${names.map(name => JSON.stringify(name)).join(' ')}]`
  throw new ShapeError(
    `associative list with keys has an element that omits all key fields ${all} (and doesn't have default values for any key fields)`,
  )
}

function setElement(item: Json): string {
  if (item === null) {
    throw new ShapeError("associative list without keys has an element that's an explicit null")
  }
  if (Array.isArray(item)) throw new ShapeError('not supported: associative list with lists as elements')
  if (isObject(item)) throw new ShapeError("associative list without keys has an element that's a map type")
  return valueElement(item)
}

/** The items of a list by their elements, in order; an element that several items have is there once for each. */
export function namedItems(schema: Schema, list: Json[]): { element: string; item: Json }[] {
  return list.map((item, i) => {
    try {
      return { element: itemElement(schema, item), item }
    } catch (cause) {
      if (!(cause instanceof ShapeError)) throw cause
      throw new ShapeError(`element ${i}: ${cause.message}`, { cause })
    }
  })
}

export const asMap = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})
export const asList = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])

/** A value as Go prints the wrapper it is in. */
export const goValue = (value: Json): string => `&{${printed(value)}}`

const roots = new WeakMap<Schema, Schema>()

/** The schema of a whole object: every one has a kind and metadata, whatever a custom definition says of them. */
export function rootSchema(schema: Schema): Schema {
  const known = roots.get(schema)
  if (known) return known
  const root = schema.name !== undefined || schema.properties?.metadata?.name ? schema : withMetadata(schema)
  roots.set(schema, root)
  return root
}

function withMetadata(schema: Schema): Schema {
  const text: Schema = { type: 'string' }
  const named = schema.properties ?? {}
  return {
    ...schema,
    preserveUnknownFields: schema.preserveUnknownFields || Object.keys(named).length === 0,
    properties: { ...named, apiVersion: text, kind: text, metadata: builtinSchema('V1ObjectMeta') },
  }
}
