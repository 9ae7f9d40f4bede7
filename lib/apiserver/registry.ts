// Which kinds are served, found by group, version and plural. Custom kinds come and go while the server runs.

import type { KubeObject } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'

export class Registry {
  readonly #byPath = new Map<string, ResourceDefinition>()

  constructor(definitions: Iterable<ResourceDefinition> = []) {
    for (const def of definitions) this.add(def)
  }

  add(def: ResourceDefinition): void {
    this.#byPath.set(pathOf(def.group, def.version, def.plural), def)
  }

  remove(def: ResourceDefinition): void {
    this.#byPath.delete(pathOf(def.group, def.version, def.plural))
  }

  /** The resource at this path, or undefined. */
  find(group: string, version: string, plural: string): ResourceDefinition | undefined {
    return this.#byPath.get(pathOf(group, version, plural))
  }

  /** The resource of a kind, as an owner reference or a Table's object names it. */
  ofKind(group: string, version: string, kind: string): ResourceDefinition | undefined {
    for (const def of this.#byPath.values()) {
      if (def.group === group && def.version === version && def.kind === kind) return def
    }
    return undefined
  }

  all(): ResourceDefinition<KubeObject>[] {
    return [...this.#byPath.values()]
  }
}

function pathOf(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`
}
