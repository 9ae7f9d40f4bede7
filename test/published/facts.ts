// A description of the API taken apart into facts by name, so that two can be compared: each list of discovery, each
// path and each definition of OpenAPI v2, each document of v3. Texts are no facts, nor is the order of what is a set.

import { createHash } from 'node:crypto'
import { mediaLeftOut, storedNewer } from './left-out.ts'

export type Json = Record<string, unknown>

/** By name: `discovery apps/v1`, `v2 /api/v1/pods`, `v2 io.k8s.api.core.v1.Pod`, `v3 apis/apps/v1`. */
export type Facts = Map<string, unknown>

/** What one side says, as it says it. */
export interface Description {
  /** By what is asked: `/api`, `/apis`, `apps/v1`, `aggregated`. */
  discovery: Map<string, Json>
  v2: Json
  /** By path below /openapi/v3/. */
  v3: Map<string, Json>
}

export function factsOf({ discovery, v2, v3 }: Description): Facts {
  const { paths, definitions, ...frame } = resolved(plain(v2) as Json)
  return new Map([
    ...[...discovery].map(([name, list]) => [`discovery ${name}`, withoutHashes(list)] as const),
    ['v2', frame],
    ...named('v2', paths),
    ...named('v2', definitions),
    ...[...v3].map(([path, document]) => [`v3 ${path}`, plain(document)] as const),
  ])
}

function named(prefix: string, values: unknown): (readonly [string, unknown])[] {
  return Object.entries(values as Json).map(([name, value]) => [`${prefix} ${name}`, value] as const)
}

/** Without texts and without the media types that we leave out; lists that are sets are sorted. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter(each => !mediaLeftOut.includes(each)).map(plain)
  if (typeof value !== 'object' || value === null) return value
  const { allOf, ...others } = value as { allOf?: unknown[] }
  // What else was said of a reference was its description.
  const isBareReference = allOf?.length === 1 && Object.keys(others).every(name => name === 'description')
  if (isBareReference) return plain(allOf[0])
  const isLeftOut = (name: string, member: unknown) =>
    (name === 'description' && typeof member === 'string') || mediaLeftOut.includes(name)
  const entries = Object.entries(value).filter(([name, member]) => !isLeftOut(name, member))
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(name, plain(member))]))
}

const sets = new Set(['required', 'consumes', 'produces'])

function sorted(name: string, value: unknown): unknown {
  return sets.has(name) && Array.isArray(value) ? [...value].sort() : value
}

/** Parameters in their place, whatever they are called where they are kept. */
function resolved({ parameters, ...rest }: Json): Json {
  const shared = parameters as Json
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve)
    if (typeof value !== 'object' || value === null) return value
    const [, name] = /^#\/parameters\/(.*)/.exec(String((value as { $ref?: unknown }).$ref)) ?? []
    if (name !== undefined) return shared[name]
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolve(member)]))
  }
  return resolve(rest) as Json
}

function withoutHashes(list: Json): Json {
  if (list.kind !== 'APIResourceList') return list
  const resources = (list.resources as { kind: string; storageVersionHash?: string }[]).map(resource => {
    const { storageVersionHash: _, ...rest } = resource
    return storedNewer.includes(resource.kind) ? rest : resource
  })
  return { ...list, resources }
}

/** A short mark of each fact: enough to see that it changed. */
export function digestOf(facts: Facts): Record<string, string> {
  const marks = [...facts].map(([name, fact]) => [name, markOf(fact)] as const)
  return Object.fromEntries(marks.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function markOf(fact: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(fact)))
    .digest('base64url')
    .slice(0, 10)
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, canonical(member)]),
  )
}
