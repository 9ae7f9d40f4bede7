// Random pairs of objects: a patch made from one to the other, applied to the one, gives the other. The patch is made
// here, by a few rules of the format that know nothing of how patches are applied. `SEED=7 …` repeats one run.

import { describe, expect, test } from '@jest/globals'
import type { Schema } from '../schema/schema.ts'
import { jsonEqual } from '../util/json-equal.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { strategicMerge } from './strategic-merge.ts'

const text: Schema = { type: 'string' }
const object = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...more,
})
const element = object({
  name: text,
  a: text,
  b: text,
  inner: {
    type: 'array',
    patchStrategy: ['merge'],
    patchMergeKey: 'id',
    items: object({ id: { type: 'integer' }, v: text }),
  },
})
const schema = object({
  a: text,
  b: text,
  struct: object({ x: text, y: text }),
  replaced: object({ x: text, y: text }, { patchStrategy: ['replace'] }),
  choice: object({ x: text, y: text }, { patchStrategy: ['retainKeys'] }),
  labels: { type: 'object', additionalProperties: text },
  atomic: { type: 'array', items: text },
  words: { type: 'array', items: text, patchStrategy: ['merge'] },
  list: { type: 'array', patchStrategy: ['merge'], patchMergeKey: 'name', items: element },
})

/** What makes `b` of `a`; undefined when they are the same. */
function diff(a: JsonObject, b: JsonObject, at: Schema): JsonObject | undefined {
  const patch: JsonObject = {}
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const property = at.properties?.[name] ?? at.additionalProperties ?? {}
    Object.assign(patch, memberDiff(name, a[name], b[name], property))
  }
  return Object.keys(patch).length > 0 ? patch : undefined
}

function memberDiff(name: string, a: Json | undefined, b: Json | undefined, property: Schema): JsonObject {
  if (jsonEqual(a, b)) return {}
  if (b === undefined) return { [name]: null }
  if (a === undefined) return { [name]: b }
  const strategies = property.patchStrategy ?? []
  if (isObject(a) && isObject(b)) return { [name]: objectDiff(a, b, property) }
  if (Array.isArray(a) && Array.isArray(b) && strategies.includes('merge')) return listDiff(name, a, b, property)
  return { [name]: b }
}

function objectDiff(a: JsonObject, b: JsonObject, property: Schema): JsonObject {
  const strategies = property.patchStrategy ?? []
  if (strategies.includes('replace')) return b
  const changes = diff(a, b, property) ?? {}
  if (!strategies.includes('retainKeys')) return changes
  const kept = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null))
  return { ...kept, $retainKeys: Object.keys(b) }
}

function listDiff(name: string, a: Json[], b: Json[], property: Schema): JsonObject {
  const key = property.patchMergeKey
  if (key === undefined) {
    const gone = a.filter(word => !b.includes(word))
    const fresh = b.filter(word => !a.includes(word))
    return {
      [`$setElementOrder/${name}`]: b,
      ...(gone.length > 0 ? { [`$deleteFromPrimitiveList/${name}`]: gone } : {}),
      ...(fresh.length > 0 ? { [name]: fresh } : {}),
    }
  }
  const find = (list: Json[], id: Json | undefined) => (list as JsonObject[]).find(item => item[key] === id)
  const changes: JsonObject[] = []
  for (const item of b as JsonObject[]) {
    const before = find(a, item[key])
    const change = before ? diff(before, item, property.items ?? {}) : item
    if (change) changes.push({ [key]: item[key] ?? null, ...change })
  }
  for (const item of a as JsonObject[]) {
    if (!find(b, item[key])) changes.push({ $patch: 'delete', [key]: item[key] ?? null })
  }
  return {
    [`$setElementOrder/${name}`]: (b as JsonObject[]).map(item => ({ [key]: item[key] ?? null })),
    ...(changes.length > 0 ? { [name]: changes } : {}),
  }
}

class Random {
  #state: number
  constructor(seed: number) {
    this.#state = seed * 2654435761 + 1
  }
  below(count: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * count)
  }
  /** Some of them, in some order. */
  some<T>(values: readonly T[]): T[] {
    const chosen = values.filter(() => this.below(2) === 0)
    for (let i = chosen.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const [x, y] = [chosen[i] as T, chosen[j] as T]
      chosen[i] = y
      chosen[j] = x
    }
    return chosen
  }
}

function randomObject(random: Random): JsonObject {
  const value = () => ['1', '2', '3'][random.below(3)] ?? ''
  const named = (names: string[]) => Object.fromEntries(random.some(names).map(name => [name, value()]))
  const result: JsonObject = { ...named(['a', 'b']) }
  const inner = () => random.some([1, 2, 3]).map(id => ({ id, v: value() }))
  const maybe = (name: string, make: () => Json) => {
    if (random.below(3) > 0) result[name] = make()
  }
  for (const name of ['struct', 'replaced', 'choice']) maybe(name, () => named(['x', 'y']))
  maybe('labels', () => named(['l', 'm', 'n']))
  maybe('atomic', () => random.some(['p', 'q', 'r']))
  maybe('words', () => random.some(['p', 'q', 'r', 's']))
  maybe('list', () =>
    random
      .some(['i', 'j', 'k', 'l'])
      .map(name => ({ name, ...named(['a', 'b']), ...(random.below(2) ? { inner: inner() } : {}) })),
  )
  return result
}

describe('a strategic merge patch', () => {
  const seeds = process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: 2000 }, (_, i) => i + 1)
  test(`from one object to another makes the other of the one, in ${seeds.length} random pairs`, () => {
    for (const seed of seeds) {
      const random = new Random(seed)
      const [a, b] = [randomObject(random), randomObject(random)]
      const patch = diff(a, b, schema) ?? {}
      const before = structuredClone([a, patch])
      const result = strategicMerge(a, patch, schema)
      if (!jsonEqual(result, b)) expect({ seed, a, patch, result }).toEqual({ seed, a, patch, result: b })
      expect([a, patch]).toEqual(before)
      // What is there already stays as it is.
      if (!jsonEqual(strategicMerge(b, patch, schema), b)) expect({ seed, b, patch }).toBe('unchanged by its own patch')
    }
  })
})
