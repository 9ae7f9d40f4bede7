// An applied configuration merged into the live object: what it names is set, what it does not name stays. Elements of
// lists stand in the applied order, those that only the live object has where they were.

import type { Schema } from '../schema/schema.ts'
import { type Json, type JsonObject, setMember } from './json.ts'
import { asList, asMap, itemSchema, memberSchema, namedItems, shapeOf, untyped } from './shape.ts'

/** Neither argument is changed; the result may share parts of both. */
export function mergeApplied(schema: Schema, live: JsonObject, applied: JsonObject): JsonObject {
  const result: JsonObject = { ...live }
  for (const name of Object.keys(applied)) {
    const given = applied[name] ?? null
    const present = Object.hasOwn(live, name) ? live[name] : undefined
    setMember(result, name, merged(memberSchema(schema, name) ?? untyped, present, given))
  }
  return result
}

function merged(schema: Schema, live: Json | undefined, applied: Json): Json {
  if (live === undefined) return applied
  const shape = shapeOf(schema, applied, live)
  if (shape !== shapeOf(schema, live, applied) || shape === 'leaf') return applied
  if (shape === 'map') {
    const [left, right] = [asMap(live), asMap(applied)]
    return Object.keys(left).length > 0 ? mergeApplied(schema, left, right) : applied
  }
  return asList(live).length > 0 ? mergedList(schema, asList(live), asList(applied)) : applied
}

/**
 * Live elements that the configuration names go where it has them; the others stay before the named element that they
 * stood before. An element that the live list has twice is replaced, not merged: none of the two can be meant.
 */
function mergedList(schema: Schema, live: Json[], applied: Json[]): Json[] {
  const [left, right] = [namedItems(schema, live), namedItems(schema, applied)]
  const named = new Map(right.map(({ element, item }) => [element, item]))
  const present = presentItems(left)
  /** What both name, in the applied order; `next` is the first of it that is not yet in the result. */
  const shared = right.map(({ element }) => element).filter(element => present.has(element))
  let next = 0
  const result: Json[] = []
  const done = new Set<string>()
  const take = (element: string) => {
    result.push(merged(itemSchema(schema), present.get(element), named.get(element) ?? null))
    done.add(element)
    if (shared[next] === element) next++
  }
  for (let l = 0, r = 0; l < left.length || r < right.length; ) {
    const [mine, theirs] = [left[l], right[r]]
    if (mine && theirs && mine.element === theirs.element) {
      take(mine.element)
      l++
      r++
    } else if (mine && !named.has(mine.element)) {
      result.push(mine.item)
      l++
    } else if (mine && theirs && next < shared.length && shared[next] !== mine.element) {
      l++
    } else {
      if (mine && done.has(mine.element)) l++
      if (theirs) take(theirs.element)
      r++
    }
  }
  return result
}

/** Elements that are there once with their item, the others as null. */
function presentItems(items: { element: string; item: Json }[]): Map<string, Json> {
  const present = new Map<string, Json>()
  for (const { element, item } of items) present.set(element, present.has(element) ? null : item)
  return present
}
