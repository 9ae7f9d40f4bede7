// All of etcd below the prefix, in memory, fed by one watch. Reads, lists and watches are answered from here; a reader
// that needs the newest waits until the cache is as new as etcd was when it asked.

import { expired, tooManyRequests } from '../api/errors.ts'
import { type CacheEntry, toEntry } from '../storage/entry.ts'
import { Compacted, type KeyValue, type Kv, type KvEvent, Rewound } from '../storage/kv.ts'
import { backoffMs } from '../util/backoff.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import { CacheEvent } from './watch-cache-event.ts'
import { Freshness, NUDGE_KEY, Progress } from './watch-cache-freshness.ts'
import { History } from './watch-cache-history.ts'
import { type EntryTree, emptyTree, keyRange, prefixesOf, Snapshot } from './watch-cache-tree.ts'
import { CacheWatcher } from './watch-cache-watcher.ts'

export type { CacheEntry } from '../storage/entry.ts'
export { CacheEvent, type EventType } from './watch-cache-event.ts'
export { Snapshot } from './watch-cache-tree.ts'
export { CacheWatcher } from './watch-cache-watcher.ts'

export interface WatchCacheOptions {
  kv: Kv
  /** `/registry/` */
  prefix: string
  log: Logger
  clock?: Clock
  /** How many events a watch may start in the past. */
  historySize?: number
  historyBytes?: number
}

const PAGE_SIZE = 1000
const MAX_BUFFERED = 1000
/** Snapshots remembered for lists that go on; each is no more than what changed since. */
const MAX_SNAPSHOTS = 16

export class WatchCache {
  readonly #kv: Kv
  readonly #prefix: string
  readonly #log: Logger
  readonly #clock: Clock
  readonly #history: History
  readonly #progress = new Progress()
  readonly #freshness: Freshness
  readonly #watchers = new Map<string, Set<CacheWatcher>>()
  readonly #snapshots = new Map<bigint, EntryTree>()
  #tree = emptyTree()
  #loaded = false
  /** Where etcd was before it was restored to an earlier revision. */
  #rewoundFrom = 0n

  constructor(options: WatchCacheOptions) {
    this.#kv = options.kv
    this.#prefix = options.prefix
    this.#log = options.log
    this.#clock = options.clock ?? systemClock
    this.#history = new History({
      maxEvents: options.historySize ?? 10_000,
      maxBytes: options.historyBytes ?? 64 * 1024 * 1024,
    })
    this.#freshness = new Freshness(this.#kv, this.#prefix, this.#progress)
  }

  /** Lists, then follows, until the signal is aborted; lists again when history is missing. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for (let failures = 0; !signal.aborted; ) {
        const before = this.revision
        try {
          if (!this.#loaded) await this.#load(signal)
          await this.#follow(signal)
        } catch (error) {
          if (signal.aborted) return
          failures = this.revision > before ? 0 : failures + 1
          await this.#recoverFrom(error, failures, signal)
        }
      }
    } finally {
      this.#closeWatchers()
    }
  }

  async #recoverFrom(error: unknown, failures: number, signal: AbortSignal): Promise<void> {
    if (error instanceof Rewound) {
      this.#log.error({ err: error }, 'etcd was restored to an earlier revision: listing again')
      this.#loaded = false
    } else if (error instanceof Compacted) {
      this.#log.warn({ revision: `${this.revision}` }, 'the history after this revision is gone: listing again')
      this.#loaded = false
    } else {
      this.#log.error({ err: error }, 'the watch cache lost etcd')
    }
    await this.#clock.sleep(backoffMs(failures - 1, { initialMs: 50, maxMs: 5000, jitter: 0.5 }), signal)
  }

  /** Resolves when the first list is in. */
  ready(signal?: AbortSignal): Promise<void> {
    return this.#progress.seen(1n, signal)
  }

  /** Everything up to here is in the cache. */
  get revision(): bigint {
    return this.#progress.revision
  }

  /** Waits until the cache is at etcd's revision as of now, and answers the cache's. Throws Unavailable. */
  fresh(signal?: AbortSignal): Promise<bigint> {
    return this.#freshness.fresh(signal)
  }

  seen(revision: bigint, signal?: AbortSignal): Promise<void> {
    return this.#progress.seen(revision, signal)
  }

  /** `key` is below the prefix: `pods/default/web-1`. */
  get(key: string): CacheEntry | undefined {
    this.#mustBeReady()
    return this.#tree.get(key)
  }

  /** Everything under `keyPrefix` (which ends with a slash, or is one object's key) as it is now. */
  snapshot(keyPrefix: string): Snapshot {
    this.#mustBeReady()
    const tree = this.#snapshots.get(this.revision) ?? this.#remember(this.revision, this.#tree.clone())
    return new Snapshot(tree, this.revision, keyPrefix)
  }

  /** Everything under `keyPrefix` as it was at an earlier revision; undefined when that is forgotten or still to come. */
  at(revision: bigint, keyPrefix: string): Snapshot | undefined {
    this.#mustBeReady()
    if (revision > this.revision || revision < this.#history.forgotten) return undefined
    const tree = this.#snapshots.get(revision) ?? this.#remember(revision, this.#undone(revision))
    return new Snapshot(tree, revision, keyPrefix)
  }

  /**
   * Every change under `keyPrefix` after a revision, in batches of whole revisions. Registered at once. The stream ends
   * when the signal is aborted, when the consumer is more than `maxBuffered` events behind, and when the cache had to
   * list again. Throws Expired at once when the revision is forgotten.
   */
  watch(
    keyPrefix: string,
    afterRevision: bigint,
    signal: AbortSignal,
    { maxBuffered = MAX_BUFFERED, onOverflow }: { maxBuffered?: number; onOverflow?: () => void } = {},
  ): CacheWatcher {
    this.#mustBeReady()
    const { forgotten } = this.#history
    if (afterRevision < forgotten || this.#neverWas(afterRevision)) {
      throw expired(`too old resource version: ${afterRevision} (${forgotten})`)
    }
    const watcher = new CacheWatcher({
      backlog: this.#eventsAfter(afterRevision, keyPrefix),
      afterRevision,
      maxBuffered,
      cacheRevision: () => this.revision,
      ...(onOverflow ? { onOverflow } : {}),
      onClose: () => {
        signal.removeEventListener('abort', close)
        this.#forgetWatcher(keyPrefix, watcher)
      },
    })
    const close = () => watcher.close()
    this.#addWatcher(keyPrefix, watcher)
    if (signal.aborted) close()
    else signal.addEventListener('abort', close, { once: true })
    return watcher
  }

  /** A revision of the time before etcd was restored: who goes on from there must list again. */
  #neverWas(revision: bigint): boolean {
    return revision > this.revision && revision <= this.#rewoundFrom
  }

  #mustBeReady(): void {
    if (!this.#loaded && this.revision === 0n) throw tooManyRequests('storage is (re)initializing', 1)
  }

  async #load(signal: AbortSignal): Promise<void> {
    const tree = emptyTree()
    let page = await this.#kv.list(this.#prefix, { limit: PAGE_SIZE }, signal)
    const { revision } = page
    for (;;) {
      for (const kv of page.kvs) this.#put(tree, kv)
      const last = page.kvs.at(-1)
      if (!last || page.kvs.length === page.count) break
      page = await this.#kv.list(this.#prefix, { limit: PAGE_SIZE, startKey: `${last.key}\0`, revision }, signal)
    }
    this.#tree = tree
    this.#loaded = true
    if (revision < this.revision) this.#rewoundFrom = this.revision
    this.#snapshots.clear()
    this.#history.reset(revision)
    this.#closeWatchers()
    this.#progress.reach(revision)
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const options = { withoutPrevious: true }
    for await (const batch of this.#kv.watch(this.#prefix, this.revision, signal, options)) this.#apply(batch)
  }

  #apply(batch: KvEvent[]): void {
    const events: CacheEvent[] = []
    let revision = this.revision
    for (const kvEvent of batch) {
      revision = kvEvent.type === 'put' ? kvEvent.kv.modRevision : kvEvent.revision
      const key = (kvEvent.type === 'put' ? kvEvent.kv.key : kvEvent.key).slice(this.#prefix.length)
      const previous = this.#tree.get(key)
      const current = kvEvent.type === 'put' ? this.#put(this.#tree, kvEvent.kv) : undefined
      if (!current) this.#tree.delete(key)
      if (current || previous) events.push(new CacheEvent(revision, key, current, previous))
    }
    this.#history.push(events)
    for (const known of this.#snapshots.keys()) if (known < this.#history.forgotten) this.#snapshots.delete(known)
    this.#dispatch(events)
    this.#progress.reach(revision)
  }

  /** One value that cannot be read must not take the rest away: it is not served, and the log says which. */
  #put(tree: EntryTree, kv: KeyValue): CacheEntry | undefined {
    const key = kv.key.slice(this.#prefix.length)
    if (key === NUDGE_KEY) return undefined
    try {
      const entry = toEntry(key, kv)
      tree.set(key, entry)
      return entry
    } catch (error) {
      this.#log.error({ err: error, key: kv.key }, 'a stored value cannot be read and is not served')
      return undefined
    }
  }

  #dispatch(events: CacheEvent[]): void {
    if (this.#watchers.size === 0) return
    const batches = new Map<string, CacheEvent[]>()
    for (const event of events) {
      for (const prefix of prefixesOf(event.key)) {
        if (!this.#watchers.has(prefix)) continue
        const batch = batches.get(prefix)
        if (batch) batch.push(event)
        else batches.set(prefix, [event])
      }
    }
    for (const [prefix, batch] of batches) {
      for (const watcher of this.#watchers.get(prefix) ?? []) watcher.push(batch)
    }
  }

  #eventsAfter(revision: bigint, keyPrefix: string): CacheEvent[] {
    const { from, to } = keyRange(keyPrefix)
    return this.#history.after(revision).filter(({ key }) => key >= from && key < to)
  }

  #undone(revision: bigint): EntryTree {
    const tree = this.#tree.clone()
    for (const { key, previous } of this.#history.after(revision).reverse()) {
      if (previous) tree.set(key, previous)
      else tree.delete(key)
    }
    return tree
  }

  #remember(revision: bigint, tree: EntryTree): EntryTree {
    this.#snapshots.set(revision, tree)
    const oldest = this.#snapshots.keys().next().value
    if (this.#snapshots.size > MAX_SNAPSHOTS && oldest !== undefined) this.#snapshots.delete(oldest)
    return tree
  }

  #addWatcher(keyPrefix: string, watcher: CacheWatcher): void {
    const watchers = this.#watchers.get(keyPrefix)
    if (watchers) watchers.add(watcher)
    else this.#watchers.set(keyPrefix, new Set([watcher]))
  }

  #forgetWatcher(keyPrefix: string, watcher: CacheWatcher): void {
    const watchers = this.#watchers.get(keyPrefix)
    watchers?.delete(watcher)
    if (watchers?.size === 0) this.#watchers.delete(keyPrefix)
  }

  #closeWatchers(): void {
    for (const watchers of [...this.#watchers.values()]) for (const watcher of [...watchers]) watcher.close()
  }
}
