// Objects in etcd by key. A write is a transaction on the mod revision; an update begins from what the cache knows, and
// when that was stale runs again on the value the transaction found.

import type { KubeObject } from '../api/meta.ts'
import { encode } from './codec.ts'
import { type CacheEntry, toEntry } from './entry.ts'
import type { KeyValue, Kv } from './kv.ts'

export type CreateResult = { ok: true; entry: CacheEntry } | { ok: false; existing: CacheEntry }

export type DeleteResult =
  | { ok: true; revision: bigint }
  /** Not at the expected revision. `current` is absent when the object is gone. */
  | { ok: false; current?: CacheEntry }

export interface WriteOptions {
  /** The object goes by itself after this time, on a lease shared with others. */
  ttlSeconds?: number
}

export interface UpdateOptions extends WriteOptions {
  /** Where to begin without asking etcd; may be stale. */
  cached?: CacheEntry | undefined
}

/** The new object. `current` is shared: do not change it; `entry.copy()` is the caller's own. */
export type Change = (current: KubeObject, entry: CacheEntry) => KubeObject | Promise<KubeObject>

export interface EntryPage {
  entries: CacheEntry[]
  /** The revision the page is true at. */
  revision: bigint
  /** How many more there are behind this page. */
  remaining: number
}

export class Store {
  readonly #kv: Kv
  readonly #prefix: string

  /** `prefix` ends with a slash: `/registry/`. Keys are what follows it. */
  constructor({ kv, prefix }: { kv: Kv; prefix: string }) {
    this.#kv = kv
    this.#prefix = prefix
  }

  async get(key: string, signal?: AbortSignal): Promise<CacheEntry | undefined> {
    const { kv } = await this.#kv.get(this.#prefix + key, signal)
    return kv && this.#entry(kv)
  }

  /** In key order, from `startKey` (inclusive); at a past `revision` it may throw Compacted. */
  async list(
    keyPrefix: string,
    options: { limit?: number; startKey?: string; revision?: bigint } = {},
    signal?: AbortSignal,
  ): Promise<EntryPage> {
    const { startKey, ...others } = options
    const from = startKey === undefined ? {} : { startKey: this.#prefix + startKey }
    const { kvs, count, revision } = await this.#kv.list(this.#prefix + keyPrefix, { ...others, ...from }, signal)
    return { entries: kvs.map(kv => this.#entry(kv)), revision, remaining: count - kvs.length }
  }

  /** Throws Compacted when etcd has forgotten this revision. Looks at nothing, so that it costs next to nothing. */
  async mustRemember(revision: bigint, signal?: AbortSignal): Promise<void> {
    await this.#kv.list(`${this.#prefix}binnacle/`, { revision, limit: 1 }, signal)
  }

  async create(key: string, obj: KubeObject, options: WriteOptions = {}): Promise<CreateResult> {
    const value = encode(obj)
    for (;;) {
      const result = await this.#kv.put(this.#prefix + key, value, 0n, ttlOf(options))
      if (result.ok) return { ok: true, entry: toEntry(key, { value, modRevision: result.revision }) }
      if (result.current) return { ok: false, existing: this.#entry(result.current) }
    }
  }

  /**
   * Writes what `change` makes of the object; undefined when there is none. An unchanged object is not written. When
   * `change` throws on a stale object it is run again on the current one.
   */
  async update(key: string, change: Change, options: UpdateOptions = {}): Promise<CacheEntry | undefined> {
    let current = options.cached ?? (await this.get(key))
    let isFresh = current !== options.cached
    while (current) {
      const value = await this.#changed(current, change, isFresh)
      if (value && !current.stands(value)) {
        const result = await this.#kv.put(this.#prefix + key, value, current.revision, ttlOf(options))
        if (result.ok) return toEntry(key, { value, modRevision: result.revision })
        current = result.current && this.#entry(result.current)
      } else {
        if (isFresh) return current
        current = await this.get(key)
      }
      isFresh = true
    }
    return undefined
  }

  /** The value to write; undefined when `change` failed on an object that may be stale. */
  async #changed(current: CacheEntry, change: Change, isFresh: boolean): Promise<Buffer | undefined> {
    try {
      return encode(await change(current.object, current))
    } catch (error) {
      if (isFresh) throw error
      return undefined
    }
  }

  async delete(key: string, expectedRevision: bigint): Promise<DeleteResult> {
    const result = await this.#kv.delete(this.#prefix + key, expectedRevision)
    if (result.ok) return { ok: true, revision: result.revision }
    return { ok: false, ...(result.current ? { current: this.#entry(result.current) } : {}) }
  }

  #entry(kv: KeyValue): CacheEntry {
    return toEntry(kv.key.slice(this.#prefix.length), kv)
  }
}

function ttlOf({ ttlSeconds }: WriteOptions): { ttlSeconds?: number } {
  return ttlSeconds === undefined ? {} : { ttlSeconds }
}
