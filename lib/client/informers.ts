// One shared informer a kind. Where a kind is read from (etcd or the API) is the choice of whoever makes this.

import { qualified } from '../api/errors.ts'
import type { KubeObject } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { WatchSource } from '../api/watch.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import { Informer } from './informer.ts'

export interface InformersOptions {
  source: <T extends KubeObject>(def: ResourceDefinition<T>) => WatchSource<T>
  log: Logger
  clock?: Clock
}

export class Informers {
  readonly #options: InformersOptions
  readonly #byKind = new Map<string, Informer<KubeObject>>()
  #running: { signal: AbortSignal; all: Set<Promise<void>> } | undefined

  constructor(options: InformersOptions) {
    this.#options = options
  }

  /** The kind's informer; begun at once when the others are running already. */
  of<T extends KubeObject>(def: ResourceDefinition<T>): Informer<T> {
    const name = qualified(def)
    const known = this.#byKind.get(name)
    // One definition has one type, so what was kept under its name is an informer of T.
    if (known) return known as unknown as Informer<T>
    const { source, log, clock = systemClock } = this.#options
    const informer = new Informer<T>({ name, source: source(def), log, clock })
    this.#byKind.set(name, informer as unknown as Informer<KubeObject>)
    this.#running?.all.add(informer.run(this.#running.signal))
    return informer
  }

  /** Every kind asked for so far has been listed. */
  async synced(signal?: AbortSignal): Promise<void> {
    await Promise.all([...this.#byKind.values()].map(informer => informer.synced(signal)))
  }

  get hasSynced(): boolean {
    return [...this.#byKind.values()].every(informer => informer.hasSynced)
  }

  async run(signal: AbortSignal): Promise<void> {
    const all = new Set([...this.#byKind.values()].map(informer => informer.run(signal)))
    this.#running = { signal, all }
    if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
    await Promise.all(all)
  }
}
