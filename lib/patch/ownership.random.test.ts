// Random applies and updates against a small model that knows nothing of paths, schemas or merging: an object is a map
// from the names of its parts to their values, and every part has a set of owners. `SEED=7 …` repeats one run.

import { describe, expect, test } from '@jest/globals'
import type { Schema } from '../schema/schema.ts'
import { ConflictsError } from './conflicts.ts'
import { isEmpty, paths } from './field-set.ts'
import type { Json, JsonObject } from './json.ts'
import type { Managers } from './managed-fields.ts'
import { apply, ownersAfterUpdate, type Versions } from './ownership.ts'

const text: Schema = { type: 'string' }
const schema: Schema = {
  type: 'object',
  properties: {
    a: text,
    b: text,
    labels: { type: 'object', additionalProperties: text },
    tags: { type: 'array', listType: 'set', items: text },
    args: { type: 'array', items: text },
    selector: { type: 'object', mapType: 'atomic', additionalProperties: text },
    ports: {
      type: 'array',
      listType: 'map',
      listMapKeys: ['port', 'protocol'],
      items: {
        type: 'object',
        properties: { port: { type: 'integer' }, protocol: { ...text, default: 'TCP' }, name: text, app: text },
      },
    },
  },
}
const versions: Versions = { apiVersion: 'v1', schema, convert: object => ({ object, schema }) }

/** Parts by name. `ports/80/TCP` is the element itself, of no value. */
type Parts = Map<string, Json>

class Model {
  values: Parts = new Map()
  owners = new Map<string, Set<string>>()

  /** undefined: refused. */
  apply(by: string, wanted: Parts, force: boolean): 'refused' | 'done' {
    const isOwnedByOthers = (part: string) => [...(this.owners.get(part) ?? [])].some(owner => owner !== by)
    const changed = [...wanted].filter(([part, value]) => !same(this.values.get(part), value)).map(([part]) => part)
    if (!force && changed.some(isOwnedByOthers)) return 'refused'
    const before = [...this.owners].filter(([, owners]) => owners.has(by)).map(([part]) => part)
    for (const part of changed) this.owners.set(part, new Set())
    for (const [part, value] of wanted) this.set(part, value).add(by)
    for (const part of before) if (!wanted.has(part)) this.release(part, by)
    return 'done'
  }

  update(by: string, wanted: Parts): void {
    for (const [part, value] of wanted) {
      if (same(this.values.get(part), value)) continue
      this.owners.set(part, new Set())
      this.set(part, value).add(by)
    }
    for (const part of [...this.values.keys()]) if (!wanted.has(part)) this.remove(part)
  }

  set(part: string, value: Json): Set<string> {
    this.values.set(part, value)
    const owners = this.owners.get(part) ?? new Set()
    this.owners.set(part, owners)
    return owners
  }

  release(part: string, by: string): void {
    const owners = this.owners.get(part)
    owners?.delete(by)
    if (owners?.size === 0) this.remove(part)
  }

  /** With an element goes all that is in it. */
  remove(part: string): void {
    for (const each of [...this.values.keys()]) {
      if (each !== part && !each.startsWith(`${part}/`)) continue
      this.values.delete(each)
      this.owners.delete(each)
    }
  }
}

const same = (a: Json | undefined, b: Json | undefined) => JSON.stringify(a) === JSON.stringify(b)

function partsOf(object: JsonObject): Parts {
  const parts: Parts = new Map()
  const { labels, tags, ports, ...plain } = object
  for (const [name, value] of Object.entries(plain)) if (value !== null) parts.set(name, value)
  for (const [name, value] of Object.entries((labels ?? {}) as JsonObject)) parts.set(`labels/${name}`, value)
  for (const tag of (tags ?? []) as Json[]) parts.set(`tags/${tag}`, true)
  for (const { port, protocol = 'TCP', ...rest } of (ports ?? []) as JsonObject[]) {
    parts.set(`ports/${port}/${protocol}`, true)
    for (const [name, value] of Object.entries(rest)) parts.set(`ports/${port}/${protocol}/${name}`, value)
  }
  return parts
}

/** The names of the parts that a manager owns, out of its set; what an element is known by is the element itself. */
function ownersOf(managers: Managers): Map<string, Set<string>> {
  const owners = new Map<string, Set<string>>()
  for (const { name, fields } of managers.values()) {
    for (const path of paths(fields)) {
      const part = partName(path)
      if (part) owners.set(part, (owners.get(part) ?? new Set()).add(name))
    }
  }
  return owners
}

function partName([first = '', element, field]: string[]): string | undefined {
  const name = first.slice(2)
  if (!element) return ['a', 'b', 'args', 'selector'].includes(name) ? name : undefined
  if (name === 'labels') return `labels/${element.slice(2)}`
  if (name === 'tags') return `tags/${JSON.parse(element.slice(2))}`
  const { port, protocol } = JSON.parse(element.slice(2))
  if (field === 'f:port' || field === 'f:protocol') return undefined
  return `ports/${port}/${protocol}${field ? `/${field.slice(2)}` : ''}`
}

class Random {
  #state: number
  constructor(seed: number) {
    this.#state = seed * 2654435761 + 1
  }
  /** Of `count` numbers from 0. */
  below(count: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * count)
  }
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T
  }
  some<T>(values: readonly T[]): T[] {
    return values.filter(() => this.below(2) === 0)
  }
}

function randomConfig(random: Random): JsonObject {
  const value = () => random.pick(['x', 'y'])
  const named = (names: string[]) => Object.fromEntries(random.some(names).map(name => [name, value()]))
  const ports = random.some([{ port: 80 }, { port: 80, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }])
  const config: JsonObject = { ...named(['a', 'b']) }
  if (random.below(2)) config.labels = { [random.pick(['l', 'm', 'n'])]: value(), ...named(['l', 'm']) }
  if (random.below(2)) config.tags = [random.pick(['t', 'u']), 'v'].slice(random.below(2))
  if (random.below(3) === 0) config.args = [value()]
  if (random.below(3) === 0) config.selector = { s: value() }
  if (ports.length > 0) config.ports = ports.map(port => ({ ...port, ...named(['name', 'app']) }))
  return config
}

/** Takes away or changes parts that stand by themselves. */
function randomUpdate(random: Random, live: JsonObject): JsonObject {
  const next = structuredClone(live)
  if (random.below(2)) next[random.pick(['a', 'b'])] = random.pick(['x', 'y', 'z'])
  if (random.below(4) === 0) delete next[random.pick(['a', 'b', 'args'])]
  if (random.below(3) === 0)
    next.labels = { ...(next.labels as JsonObject), [random.pick(['l', 'm'])]: random.pick(['x', 'y']) }
  return next
}

function run(seed: number): void {
  const random = new Random(seed)
  const model = new Model()
  let live: JsonObject = {}
  let managers: Managers = new Map()
  for (let step = 1; step <= 14; step++) {
    const by = { name: random.pick(['one', 'two', 'three']), subresource: '' }
    const write = { versions, by, ignored: {}, now: `2026-01-01T00:00:${String(step).padStart(2, '0')}Z` }
    if (random.below(5) === 0) {
      const next = randomUpdate(random, live)
      managers = ownersAfterUpdate({ ...write, by: { ...by, name: 'updater' } }, live, next, managers)
      live = next
      model.update('updater', partsOf(next))
    } else {
      const config = randomConfig(random)
      const force = random.below(3) === 0
      const outcome = model.apply(by.name, partsOf(config), force)
      try {
        const applied = apply(write, live, config, managers, force)
        expect(outcome).toBe('done')
        live = applied.object ?? live
        managers = applied.managers
      } catch (error) {
        if (!(error instanceof ConflictsError)) throw error
        expect(outcome).toBe('refused')
        expect(error.conflicts.some(({ fields }) => !isEmpty(fields))).toBe(true)
        continue
      }
      const again = apply(write, live, config, managers, false)
      expect(again.object).toBeUndefined()
      expect(again.managers).toEqual(managers)
    }
    expect(new Map([...partsOf(live)].sort())).toEqual(new Map([...model.values].sort()))
    expect(sortedOwners(ownersOf(managers))).toEqual(sortedOwners(model.owners))
  }
}

const sortedOwners = (owners: Map<string, Set<string>>) =>
  [...owners]
    .filter(([, names]) => names.size > 0)
    .map(([part, names]) => `${part}: ${[...names].sort()}`)
    .sort()

describe('apply against a model', () => {
  const seeds = process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: 200 }, (_, i) => i + 1)
  test(`agrees in ${seeds.length} random runs`, () => {
    for (const seed of seeds) {
      try {
        run(seed)
      } catch (cause) {
        throw new Error(`SEED=${seed}: ${(cause as Error).message}`, { cause })
      }
    }
  })
})
