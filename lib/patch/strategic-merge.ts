// Strategic merge patch: a merge patch that knows from the schema which lists merge by a key, with directives for what
// plain JSON cannot say. Behaviour and texts are those of upstream's apimachinery/pkg/util/strategicpatch.

import type { Schema } from '../schema/schema.ts'
import { isObject, type Json, type JsonObject, member, PatchError, setMember } from './json.ts'
import { orderElements, type SameElement, sameValue } from './list-order.ts'

const directive = '$patch'
const retainKeys = '$retainKeys'
const deleteFromPrimitiveList = '$deleteFromPrimitiveList/'
const setElementOrder = '$setElementOrder/'

/** Neither argument is changed; the result may share parts of both. Throws PatchError. */
export function strategicMerge(original: JsonObject, patch: JsonObject, schema: Schema | undefined): JsonObject {
  const how = member(patch, directive)
  if (how !== undefined) {
    const rest = without(patch, directive)
    if (how === 'replace') return withoutDirectives(rest) as JsonObject
    if (how === 'delete') return {}
    if (how !== 'merge') throw new PatchError(`Unknown patch type found: ${String(how)}`)
    return strategicMerge(original, rest, schema)
  }
  const result = retained(original, patch)
  const order = elementOrders(patch)
  for (const key of Object.keys(patch)) {
    if (key === retainKeys || key.startsWith(setElementOrder)) continue
    const value = member(patch, key) ?? null
    if (key.startsWith(deleteFromPrimitiveList)) {
      removePrimitives(result, key.slice(deleteFromPrimitiveList.length), value)
    } else {
      mergeMember(result, key, value, schema, order.get(key))
    }
  }
  for (const [key, wanted] of order) {
    if (!Object.hasOwn(patch, key)) reorder(result, original, key, wanted, propertyOf(schema, key))
  }
  return result
}

function propertyOf(schema: Schema | undefined, key: string): Schema | undefined {
  const properties = schema?.properties
  return properties && Object.hasOwn(properties, key) ? properties[key] : schema?.additionalProperties
}

function without(object: JsonObject, key: string): JsonObject {
  const { [key]: _gone, ...rest } = object
  return rest
}

/** `$retainKeys` names the only members that may stay: for unions, where one choice replaces another. */
function retained(original: JsonObject, patch: JsonObject): JsonObject {
  const keep = member(patch, retainKeys)
  if (keep === undefined) return { ...original }
  if (!Array.isArray(keep)) throw new PatchError(`invalid patch format of retainKeys: ${JSON.stringify(keep)}`)
  const missing = Object.keys(patch).find(key => !key.startsWith('$') && patch[key] !== null && !keep.includes(key))
  if (missing !== undefined) {
    throw new PatchError(
      `retainKeys directive must be a superset of the set of keys in the patch: ${missing} is not in ${JSON.stringify(keep)}`,
    )
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => keep.includes(key)))
}

function elementOrders(patch: JsonObject): Map<string, Json[]> {
  const orders = new Map<string, Json[]>()
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(setElementOrder)) continue
    const value = patch[key]
    if (!Array.isArray(value)) throw new PatchError(`invalid patch format of ${key}: expected a list`)
    orders.set(key.slice(setElementOrder.length), value)
  }
  return orders
}

function mergeMember(
  result: JsonObject,
  key: string,
  value: Json,
  schema: Schema | undefined,
  order: Json[] | undefined,
): void {
  const property = propertyOf(schema, key)
  const present = member(result, key)
  if (value === null) {
    delete result[key]
  } else if (Array.isArray(value) && property?.patchStrategy?.includes('merge')) {
    setMember(result, key, mergeList(Array.isArray(present) ? present : [], value, property, order))
  } else if (isObject(value) && isObject(present) && !property?.patchStrategy?.includes('replace')) {
    setMember(result, key, strategicMerge(present, value, property))
  } else {
    setMember(result, key, withoutDirectives(value))
  }
}

/** What a patch adds where nothing was: its nulls and directives mean nothing there. */
function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) {
    return value
      .filter(item => !(isObject(item) && (item[directive] === 'delete' || isOnlyDirective(item))))
      .map(withoutDirectives)
  }
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(
    ([key, each]) =>
      each !== null &&
      key !== directive &&
      key !== retainKeys &&
      !key.startsWith(setElementOrder) &&
      !key.startsWith(deleteFromPrimitiveList),
  )
  const result: JsonObject = {}
  for (const [key, each] of kept) setMember(result, key, withoutDirectives(each))
  return result
}

function isOnlyDirective(item: JsonObject): boolean {
  return Object.hasOwn(item, directive) && Object.keys(item).length === 1
}

function removePrimitives(result: JsonObject, key: string, values: Json): void {
  const present = member(result, key)
  if (!Array.isArray(values)) throw new PatchError(`invalid patch format of ${deleteFromPrimitiveList}${key}`)
  if (Array.isArray(present)) {
    setMember(
      result,
      key,
      present.filter(item => !values.some(value => sameValue(item, value))),
    )
  }
}

function mergeList(original: Json[], patch: Json[], property: Schema, order: Json[] | undefined): Json[] {
  const isObjects = [...original, ...patch].every(isObject)
  const key = property.patchMergeKey
  const merged =
    isObjects && key
      ? mergeObjects(original as JsonObject[], patch as JsonObject[], key, property.items)
      : mergePrimitives(original, patch)
  const same = isObjects && key ? sameKey(key) : sameValue
  if (order) checkOrder(patch, order, same)
  const named = order ?? patch.filter(item => !(isObject(item) && Object.hasOwn(item, directive)))
  return orderElements(merged, named, original, same)
}

function mergePrimitives(original: Json[], patch: Json[]): Json[] {
  const merged: Json[] = []
  for (const item of [...original, ...patch]) {
    if (isObject(item) || Array.isArray(item)) {
      throw new PatchError('merging lists of different types, or of objects without a merge key, is not supported')
    }
    if (!merged.some(other => sameValue(other, item))) merged.push(item)
  }
  return merged
}

function mergeObjects(original: JsonObject[], patch: JsonObject[], key: string, schema: Schema | undefined): Json[] {
  const plain = patch.filter(item => !Object.hasOwn(item, directive))
  for (const item of plain) {
    if (!Object.hasOwn(item, key)) throw new PatchError(missingKey(item, key))
  }
  const special = patch.filter(item => Object.hasOwn(item, directive))
  if (special.some(item => item[directive] === 'replace')) return plain.map(withoutDirectives)
  let merged = [...original]
  for (const item of special) {
    if (item[directive] === 'merge') plain.push(without(item, directive))
    else if (item[directive] !== 'delete') throw new PatchError(`Unknown patch type found: ${String(item[directive])}`)
    else if (!Object.hasOwn(item, key)) throw new PatchError(missingKey(item, key))
    else merged = merged.filter(other => !sameKey(key)(other, item))
  }
  for (const item of plain) {
    const at = merged.findIndex(other => sameKey(key)(other, item))
    const present = merged[at]
    if (present) merged[at] = strategicMerge(present, item, schema)
    else merged.push(withoutDirectives(item) as JsonObject)
  }
  return merged
}

function missingKey(item: JsonObject, key: string): string {
  return `map: ${printMap(item)} does not contain declared merge key: ${key}`
}

/** As Go prints a map: `map[name:web port:80]`. */
function printMap(item: JsonObject): string {
  const members = Object.keys(item).sort()
  return `map[${members.map(key => `${key}:${isObject(item[key]) ? printMap(item[key]) : String(item[key])}`).join(' ')}]`
}

function sameKey(key: string): SameElement {
  return (a, b) => isObject(a) && isObject(b) && Object.hasOwn(a, key) && sameValue(a[key] ?? null, b[key] ?? null)
}

/** A list's elements must stand in the order that the patch itself gives. */
function checkOrder(patch: Json[], order: Json[], same: SameElement): void {
  let from = 0
  for (const item of patch) {
    if (isObject(item) && item[directive] === 'delete') continue
    const at = order.findIndex((other, i) => i >= from && same(other, item))
    if (at < 0) {
      throw new PatchError(
        `The order in patch list:\n${JSON.stringify(patch)}\n doesn't match ${setElementOrder} list:\n${JSON.stringify(order)}\n`,
      )
    }
    from = at + 1
  }
}

/** The patch gives an order and changes no element. */
function reorder(
  result: JsonObject,
  original: JsonObject,
  key: string,
  wanted: Json[],
  property: Schema | undefined,
): void {
  const present = member(result, key)
  if (!Array.isArray(present)) return
  const mergeKey = property?.patchMergeKey
  const same = mergeKey && present.every(isObject) ? sameKey(mergeKey) : sameValue
  const before = member(original, key)
  setMember(result, key, orderElements(present, wanted, Array.isArray(before) ? before : [], same))
}
