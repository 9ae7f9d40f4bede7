// What changed between two objects, field by field as their schema merges them: the basis of who owns what after a
// write, and of conflicts. One walk over both that makes nothing where nothing differs.

import type { Schema } from '../schema/schema.ts'
import { jsonEqual } from '../util/json-equal.ts'
import { whenAbsent } from './always-there.ts'
import { emptySet, type FieldSet, recursiveDifference, toNode } from './field-set.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { fieldElement } from './path-element.ts'
import { asList, asMap, itemSchema, memberSchema, namedItems, shapeOf, untyped } from './shape.ts'

export interface Comparison {
  added: FieldSet
  modified: FieldSet
  removed: FieldSet
}

/** Throws ShapeError when a list has an element without a name. */
export function compare(schema: Schema, before: JsonObject, after: JsonObject): Comparison {
  const { added, modified, removed } = compareValues(schema, before, after) ?? {}
  return { added: added ?? emptySet, modified: modified ?? emptySet, removed: removed ?? emptySet }
}

/** Without the fields of `ignored` and what is below them. */
export function excluding({ added, modified, removed }: Comparison, ignored: FieldSet): Comparison {
  return {
    added: recursiveDifference(added, ignored),
    modified: recursiveDifference(modified, ignored),
    removed: recursiveDifference(removed, ignored),
  }
}

type Changes = { [K in keyof Comparison]?: FieldSet | undefined }

/** Of what is there before and after. undefined: nothing differs. */
function compareValues(schema: Schema, before: Json, after: Json): Changes | undefined {
  const [left, right] = [shapeOf(schema, before, after), shapeOf(schema, after, before)]
  if (left !== right) return changedShape(schema, before, after)
  if (left === 'leaf') return jsonEqual(before, after) ? undefined : { modified: {} }
  if (isVoid(before) && isVoid(after))
    return isEmptyValue(before) === isEmptyValue(after) ? undefined : { modified: {} }
  return left === 'map' ? compareMaps(schema, asMap(before), asMap(after)) : compareLists(schema, before, after)
}

/** Null, or a container with nothing in it. */
function isVoid(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0
  return value === null || (isObject(value) && Object.keys(value).length === 0)
}

const isEmptyValue = (value: Json) => value !== null

/** A leaf became a container, or the other way round: a change of the field, and of all that is below it. */
function changedShape(schema: Schema, before: Json, after: Json): Changes {
  const below = (value: Json) => {
    const node = whole(schema, value)
    return node && toNode(false, node['.'] ? withoutSelf(node) : node)
  }
  const [added, removed] = [below(after), below(before)]
  return { modified: {}, ...(added ? { added } : {}), ...(removed ? { removed } : {}) }
}

function withoutSelf({ '.': _, ...children }: FieldSet): FieldSet {
  return children
}

function compareMaps(schema: Schema, before: JsonObject, after: JsonObject): Changes | undefined {
  let changes: Changes | undefined
  for (const name in after) {
    if (before[name] === after[name] && typeof after[name] !== 'object') continue
    const member = memberSchema(schema, name) ?? untyped
    const left = Object.hasOwn(before, name) ? before[name] : whenAbsent(schema, name, member)
    changes = collected(changes, fieldElement, name, compareMembers(member, left, after[name]))
  }
  for (const name in before) {
    if (Object.hasOwn(after, name) && after[name] !== undefined) continue
    const member = memberSchema(schema, name) ?? untyped
    changes = collected(
      changes,
      fieldElement,
      name,
      compareMembers(member, before[name], whenAbsent(schema, name, member)),
    )
  }
  return changes
}

function compareMembers(schema: Schema, before: Json | undefined, after: Json | undefined): Changes | undefined {
  if (before === undefined) return after === undefined ? undefined : { added: whole(schema, after) }
  return after === undefined ? { removed: whole(schema, before) } : compareValues(schema, before, after)
}

/** `changes` with those of one member under its path element. */
function collected(
  changes: Changes | undefined,
  elementOf: (name: string) => string,
  name: string,
  member: Changes | undefined,
): Changes | undefined {
  if (!member) return changes
  const all: Changes = changes ?? {}
  const element = elementOf(name)
  put(all, 'added', element, member.added)
  put(all, 'modified', element, member.modified)
  put(all, 'removed', element, member.removed)
  return all
}

function put(all: Changes, which: keyof Comparison, element: string, node: FieldSet | undefined): void {
  if (!node) return
  const set = all[which] ?? {}
  set[element] = node
  all[which] = set
}

const asIs = (element: string) => element

function compareLists(schema: Schema, before: Json, after: Json): Changes | undefined {
  // Most lists stay as they are, and need no names then.
  if (jsonEqual(before, after)) return undefined
  const [left, right] = [grouped(schema, asList(before)), grouped(schema, asList(after))]
  let changes: Changes | undefined
  for (const element of new Set([...left.keys(), ...right.keys()])) {
    const item = compareItems(itemSchema(schema), left.get(element) ?? [], right.get(element) ?? [])
    changes = collected(changes, asIs, element, item)
  }
  return changes
}

function grouped(schema: Schema, list: Json[]): Map<string, Json[]> {
  const groups = new Map<string, Json[]>()
  for (const { element, item } of namedItems(schema, list)) {
    const group = groups.get(element)
    if (group) group.push(item)
    else groups.set(element, [item])
  }
  return groups
}

/** Items of the same name. Several of them are one leaf: whose would a part of it be? */
function compareItems(schema: Schema, before: Json[], after: Json[]): Changes | undefined {
  if (before.length <= 1 && after.length <= 1) return compareMembers(schema, before[0], after[0])
  if (before.length > 1 && after.length > 1) return jsonEqual(before, after) ? undefined : { modified: {} }
  if (before.length > 1) {
    const [only] = after
    return { removed: {}, ...(only === undefined ? {} : { added: whole(schema, only) }) }
  }
  const [only] = before
  return { added: {}, ...(only === undefined ? {} : { removed: whole(schema, only) }) }
}

/** Every field of a value that is new or gone: also the containers themselves. */
function whole(schema: Schema, value: Json): FieldSet {
  const shape = shapeOf(schema, value)
  if (shape === 'leaf' || isVoid(value)) return {}
  return toNode(true, shape === 'map' ? wholeMap(schema, asMap(value)) : wholeList(schema, asList(value))) ?? {}
}

function wholeMap(schema: Schema, value: JsonObject): FieldSet {
  const set: FieldSet = {}
  for (const name in value) {
    const member = value[name]
    if (member !== undefined) set[fieldElement(name)] = whole(memberSchema(schema, name) ?? untyped, member)
  }
  return set
}

function wholeList(schema: Schema, list: Json[]): FieldSet {
  const set: FieldSet = {}
  for (const [element, items] of grouped(schema, list)) {
    const [only = null] = items
    set[element] = items.length > 1 ? {} : whole(itemSchema(schema), only)
  }
  return set
}
