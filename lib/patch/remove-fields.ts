// Takes fields out of an object: what an applier owned and names no more.

import type { Schema } from '../schema/schema.ts'
import { below, type FieldSet, isEmpty, isMember, toNode } from './field-set.ts'
import { type Json, type JsonObject, setMember } from './json.ts'
import { fieldElement } from './path-element.ts'
import { asList, asMap, isDeclared, itemSchema, memberSchema, namedItems, shapeOf, untyped } from './shape.ts'

/** Does not change `value`; the result may share parts of it. */
export function removeFields(schema: Schema, value: JsonObject, fields: FieldSet): JsonObject {
  if (isEmpty(fields)) return value
  const result: JsonObject = {}
  for (const name of Object.keys(value)) {
    const node = fields[fieldElement(name)]
    if (isMember(node)) continue
    const given = value[name] ?? null
    setMember(result, name, node ? reduced(memberSchema(schema, name) ?? untyped, given, node) : given)
  }
  return result
}

/** A container from which everything is gone is null. */
function reduced(schema: Schema, value: Json, fields: FieldSet): Json {
  const shape = shapeOf(schema, value)
  if (shape === 'leaf') return typeof value === 'object' ? null : value
  if (shape === 'map') return orNull(removeFields(schema, asMap(value), fields))
  const items: Json[] = []
  for (const { element, item } of namedItems(schema, asList(value))) {
    if (isMember(fields[element])) continue
    const inner = below(fields, element)
    items.push(inner ? reduced(itemSchema(schema), item, inner) : item)
  }
  return items.length > 0 ? items : null
}

const orNull = (map: JsonObject) => (Object.keys(map).length > 0 ? map : null)

/**
 * The set with the structs and lists on the way to its members, as far as the schema names them: they go with the last
 * of what is in them.
 */
export function withNamedFields(schema: Schema, set: FieldSet): FieldSet {
  const result: FieldSet = {}
  for (const element in set) {
    const node = set[element]
    if (!node || element === '.') continue
    const isField = element.startsWith('f:')
    const name = element.slice(2)
    const inner = isField ? (memberSchema(schema, name) ?? untyped) : itemSchema(schema)
    const children = below(set, element)
    const isNamed = isMember(node) || (isField && isDeclared(schema, name))
    result[element] = toNode(isNamed, children && withNamedFields(inner, children)) ?? {}
  }
  return result
}
