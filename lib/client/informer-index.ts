// An informer's objects by another key than their name, such as pods by node.

import type { KubeObject } from '../api/meta.ts'

export class Index<T extends KubeObject> {
  readonly #keysOf: (obj: T) => Iterable<string>
  readonly #entries = new Map<string, Map<string, T>>()

  constructor(keysOf: (obj: T) => Iterable<string>) {
    this.#keysOf = keysOf
  }

  get(key: string): T[] {
    return [...(this.#entries.get(key)?.values() ?? [])]
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys()
  }

  /** Called by the informer alone, for every change of the object under `name`. */
  change(name: string, old: T | undefined, current: T | undefined): void {
    if (old) for (const key of this.#keysOf(old)) this.#remove(key, name)
    if (current) for (const key of this.#keysOf(current)) this.#add(key, name, current)
  }

  #add(key: string, name: string, obj: T): void {
    const group = this.#entries.get(key) ?? new Map<string, T>()
    group.set(name, obj)
    this.#entries.set(key, group)
  }

  #remove(key: string, name: string): void {
    const group = this.#entries.get(key)
    group?.delete(name)
    if (group?.size === 0) this.#entries.delete(key)
  }
}
