// From resources to the parts of one document: their paths, and every definition that is reached from there.

import { setImmediate } from 'node:timers/promises'
import type { ResourceDefinition } from '../api/resource.ts'
import { meta } from './openapi-names.ts'
import type { Operation } from './openapi-operations.ts'
import { type Part, type Parts, sharedKinds } from './openapi-parts.ts'

export interface Assembled {
  /** Both by name. */
  paths: Part[]
  definitions: Part[]
}

export interface Content {
  resources: readonly ResourceDefinition[]
  operations: Operation[]
  /** Those that DeleteOptions and WatchEvent belong to. */
  groupVersions: readonly string[]
}

/** Lets others have their turn between one resource and the next: the first time, all parts are made here. */
export async function assemble(parts: Parts, { resources, operations, groupVersions }: Content): Promise<Assembled> {
  const paths = parts.paths(operations)
  const own = new Map(sharedKinds.map(kind => [`${meta}.${kind}`, parts.sharedDefinition(kind, groupVersions)]))
  const definitions = new Map<string, Part>()
  for (const resource of resources) {
    const added = parts.pathsOf(resource)
    paths.push(...added)
    for (const definition of parts.definitionsOf(resource)) own.set(definition.name, definition)
    reach(added, definitions, name => own.get(name) ?? parts.definition(name))
    await setImmediate()
  }
  reach(paths, definitions, name => own.get(name) ?? parts.definition(name))
  return { paths: paths.sort(byName), definitions: [...definitions.values()].sort(byName) }
}

/** Adds what `from` refers to, and what that refers to. */
function reach(from: readonly Part[], found: Map<string, Part>, find: (name: string) => Part): void {
  const open = from.flatMap(({ references }) => references)
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue
    const definition = find(name)
    found.set(name, definition)
    open.push(...definition.references)
  }
}

const byName = (a: Part, b: Part) => (a.name < b.name ? -1 : 1)

/** `"name":{…},…`: the inside of a JSON object. */
export function joined(parts: readonly Part[]): string {
  return parts.map(({ name, text }) => `${JSON.stringify(name)}:${text}`).join(',')
}
