// Which kinds are served, found by group, version and plural. Custom kinds come and go while the server runs.

import type { KubeObject } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'

export class Registry {
  readonly #byPath = new Map<string, ResourceDefinition>()
  readonly #listeners = new Set<() => void>()
  #revision = 0

  constructor(definitions: Iterable<ResourceDefinition> = []) {
    for (const def of definitions) this.add(def)
  }

  add(def: ResourceDefinition): void {
    this.#byPath.set(pathOf(def.group, def.version, def.plural), def)
    this.#changed()
  }

  remove(def: ResourceDefinition): void {
    if (this.#byPath.delete(pathOf(def.group, def.version, def.plural))) this.#changed()
  }

  /** Another number after every change: what was made of all kinds is good as long as it stays the same. */
  get revision(): number {
    return this.#revision
  }

  /** Called after every change, until the function returned is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #changed(): void {
    this.#revision++
    for (const listener of this.#listeners) listener()
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
