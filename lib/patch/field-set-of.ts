// The fields that an applied configuration names: every leaf, and every element of a list or map, but not the structs
// on the way, which belong to nobody.

import type { Schema } from '../schema/schema.ts'
import { type FieldSet, toNode } from './field-set.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { fieldElement } from './path-element.ts'
import { asList, asMap, isDeclared, itemSchema, memberSchema, namedItems, shapeOf, untyped } from './shape.ts'

/** Throws ShapeError when a list has an element without a name. */
export function fieldSetOf(schema: Schema, value: JsonObject): FieldSet {
  return mapSet(schema, value)
}

/** The node of a value; undefined for an empty container, which its parent may count. */
function nodeOf(schema: Schema, value: Json): FieldSet | undefined {
  const shape = shapeOf(schema, value)
  if (shape === 'leaf') return {}
  return toNode(false, shape === 'map' ? mapSet(schema, asMap(value)) : listSet(schema, asList(value)))
}

function mapSet(schema: Schema, value: JsonObject): FieldSet {
  const set: FieldSet = {}
  for (const name of Object.keys(value)) {
    const given = value[name]
    if (given === undefined) continue
    const isItem = !isDeclared(schema, name) || given === null || (isObject(given) && Object.keys(given).length === 0)
    const node = member(nodeOf(memberSchema(schema, name) ?? untyped, given), isItem)
    if (node) set[fieldElement(name)] = node
  }
  return set
}

function listSet(schema: Schema, list: Json[]): FieldSet {
  const set: FieldSet = {}
  for (const { element, item } of namedItems(schema, list)) {
    // An element that is there twice is a leaf.
    set[element] = set[element] ? {} : (member(nodeOf(itemSchema(schema), item), true) ?? {})
  }
  return set
}

function member(node: FieldSet | undefined, isItem: boolean): FieldSet | undefined {
  return isItem ? toNode(true, node) : node
}
