// The one loop that watches: list, then watch, then recover, over any WatchSource. It keeps what it saw by key, tells
// listeners of every change, and can say when it has seen a resourceVersion.

import { hasReason } from '../api/errors.ts'
import { type KubeObject, keyOf } from '../api/meta.ts'
import type { WatchEvent, WatchSource } from '../api/watch.ts'
import { backoffMs } from '../util/backoff.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import { deepFreeze } from './freeze.ts'
import { Index } from './informer-index.ts'

/** `old` absent: added. `current` absent: deleted. A key whose uid changed is deleted and added. */
export type ChangeListener<T> = (old: T | undefined, current: T | undefined) => void

export interface InformerOptions<T extends KubeObject> {
  /** As messages print the kind: `deployments.apps`. */
  name: string
  source: WatchSource<T>
  log: Logger
  clock?: Clock
  /** Objects are frozen deeply, so that changing one is an error. Defaults to true under tests. */
  freeze?: boolean
}

interface Waiter {
  revision: bigint
  resolve(): void
}

const retry = { initialMs: 200, maxMs: 10_000, jitter: 0.5 }
const shortWatchMs = 1000

export class Informer<T extends KubeObject> {
  readonly name: string
  readonly #source: WatchSource<T>
  readonly #log: Logger
  readonly #clock: Clock
  readonly #freeze: boolean
  readonly #objects = new Map<string, T>()
  readonly #indexes = new Map<string, Index<T>>()
  readonly #listeners = new Set<ChangeListener<T>>()
  readonly #synced = Promise.withResolvers<void>()
  #waiters: Waiter[] = []
  readonly #keyWaiters = new Map<string, Set<(current: T | undefined) => void>>()
  /** Where the next watch begins; absent: list first. */
  #resumeFrom: string | undefined
  #revision = -1n
  #failures = 0

  constructor({ name, source, log, clock = systemClock, freeze }: InformerOptions<T>) {
    this.name = name
    this.#source = source
    this.#log = log
    this.#clock = clock
    this.#freeze = freeze ?? process.env.NODE_ENV === 'test'
  }

  /** By `namespace/name`. The object must not be changed. */
  get(key: string): T | undefined {
    return this.#objects.get(key)
  }

  list(match?: (obj: T) => boolean): T[] {
    const all = [...this.#objects.values()]
    return match ? all.filter(match) : all
  }

  get size(): number {
    return this.#objects.size
  }

  /** Objects by another key. Asking again for the same name answers the same index. */
  index(name: string, keysOf: (obj: T) => Iterable<string>): Index<T> {
    const known = this.#indexes.get(name)
    if (known) return known
    const index = new Index(keysOf)
    for (const [key, obj] of this.#objects) index.change(key, undefined, obj)
    this.#indexes.set(name, index)
    return index
  }

  /** A late listener is told of what is there already. Answers how to stop listening. */
  onChange(listener: ChangeListener<T>): () => void {
    this.#listeners.add(listener)
    for (const obj of this.#objects.values()) listener(undefined, obj)
    return () => this.#listeners.delete(listener)
  }

  /** The first list has been taken in. */
  get hasSynced(): boolean {
    return this.#revision >= 0n
  }

  synced(signal?: AbortSignal): Promise<void> {
    return unlessAborted(this.#synced.promise, signal)
  }

  /** Resolves when everything up to this resourceVersion of the kind has been taken in. */
  seen(resourceVersion: string, signal?: AbortSignal): Promise<void> {
    const revision = BigInt(resourceVersion)
    if (revision <= this.#revision) return Promise.resolve()
    const waiter = Promise.withResolvers<void>()
    const entry = { revision, resolve: waiter.resolve }
    this.#waiters.push(entry)
    return unlessAborted(waiter.promise, signal).finally(() => {
      this.#waiters = this.#waiters.filter(other => other !== entry)
    })
  }

  /** Resolves when what is known under the key (undefined: nothing) passes the check. */
  until(key: string, check: (current: T | undefined) => boolean, signal?: AbortSignal): Promise<void> {
    if (check(this.get(key))) return Promise.resolve()
    const waiter = Promise.withResolvers<void>()
    const look = (current: T | undefined) => {
      if (check(current)) waiter.resolve()
    }
    const waiting = this.#keyWaiters.get(key) ?? new Set()
    this.#keyWaiters.set(key, waiting.add(look))
    return unlessAborted(waiter.promise, signal).finally(() => {
      waiting.delete(look)
      if (waiting.size === 0) this.#keyWaiters.delete(key)
    })
  }

  /** Lives until the signal is aborted; a source that fails is asked again after a back-off. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#resumeFrom ??= await this.#list(signal)
        await this.#watch(this.#resumeFrom, signal)
      } catch (error) {
        if (signal.aborted) return
        this.#recover(error)
      }
      if (this.#failures > 0) await this.#pause(signal)
    }
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { items, resourceVersion } = await this.#source.list(signal)
    this.#replace(items)
    this.#advance(resourceVersion)
    this.#synced.resolve()
    return resourceVersion
  }

  async #watch(from: string, signal: AbortSignal): Promise<void> {
    const started = this.#clock.now()
    let events = 0
    for await (const event of this.#source.watch(from, signal)) {
      events++
      this.#failures = 0
      this.#take(event)
    }
    // A stream that the server ends at once and empty must not become a busy loop.
    if (events === 0 && this.#clock.now() - started < shortWatchMs) this.#failures++
    else this.#failures = 0
  }

  #take(event: WatchEvent<T>): void {
    if (event.type === 'BOOKMARK') {
      this.#moveTo(event.resourceVersion)
      return
    }
    const { object } = event
    this.#put(keyOf(object), event.type === 'DELETED' ? undefined : object)
    this.#moveTo(object.metadata.resourceVersion ?? '')
  }

  #moveTo(resourceVersion: string): void {
    if (!resourceVersion) return
    this.#resumeFrom = resourceVersion
    this.#advance(resourceVersion)
  }

  #recover(error: unknown): void {
    this.#failures++
    if (hasReason(error, 'Expired', 'Gone')) {
      this.#log.info({ kind: this.name }, 'the watch was too far behind: listing again')
      this.#resumeFrom = undefined
    } else {
      this.#log.warn({ kind: this.name, err: error }, 'the watch failed: it is tried again')
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    try {
      await this.#clock.sleep(backoffMs(this.#failures - 1, retry), signal)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /** The state becomes exactly this list: what is not in it was deleted while nobody watched. */
  #replace(items: T[]): void {
    const present = new Set(items.map(keyOf))
    for (const key of [...this.#objects.keys()]) if (!present.has(key)) this.#put(key, undefined)
    for (const item of items) this.#put(keyOf(item), item)
  }

  #put(key: string, current: T | undefined): void {
    const old = this.#objects.get(key)
    if (current && old && old.metadata.uid !== current.metadata.uid) {
      this.#put(key, undefined)
      this.#put(key, current)
      return
    }
    if (old === current || (old && current && sameVersion(old, current))) return
    if (current && this.#freeze) deepFreeze(current)
    if (current) this.#objects.set(key, current)
    else this.#objects.delete(key)
    for (const index of this.#indexes.values()) index.change(key, old, current)
    for (const look of this.#keyWaiters.get(key) ?? []) look(current)
    for (const listener of this.#listeners) this.#tell(listener, old, current)
  }

  #tell(listener: ChangeListener<T>, old: T | undefined, current: T | undefined): void {
    try {
      listener(old, current)
    } catch (error) {
      // One listener's bug must not cost the others their events.
      this.#log.error({ kind: this.name, err: error }, 'a listener failed')
    }
  }

  #advance(resourceVersion: string): void {
    const revision = BigInt(resourceVersion)
    if (revision <= this.#revision) return
    this.#revision = revision
    for (const waiter of this.#waiters) if (waiter.revision <= revision) waiter.resolve()
  }
}

function sameVersion(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.resourceVersion !== undefined && a.metadata.resourceVersion === b.metadata.resourceVersion
}

function unlessAborted(promise: Promise<void>, signal?: AbortSignal): Promise<void> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
