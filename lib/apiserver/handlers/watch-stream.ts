// The events of a watch, in order: what was there at the start, then every change, and bookmarks in between.

import type { CacheEntry } from '../../storage/entry.ts'
import { deferred } from '../../util/async.ts'
import type { Clock } from '../../util/clock.ts'
import type { CacheEvent } from '../watch-cache-event.ts'
import type { CacheWatcher } from '../watch-cache-watcher.ts'

export interface WatchStart {
  watcher: CacheWatcher
  /** Sent as ADDED first. */
  entries?: Iterable<CacheEntry>
  /** After the entries a bookmark at this revision says that these were all. */
  initialEventsEnd?: bigint
}

/** What the client sees of a change; undefined for what it did not select. */
export interface EventEncoder {
  added(entry: CacheEntry): Buffer | undefined
  change(event: CacheEvent): Buffer | undefined
  bookmark(revision: bigint, isInitialEventsEnd: boolean): Buffer
}

export interface WatchOptions {
  clock: Clock
  signal: AbortSignal
  /** On the clock; there is a bookmark just before. */
  endsAtMs: number
  allowWatchBookmarks: boolean
}

const bookmarkEveryMs = 60_000
const beforeEndMs = 2000
/** Batches of the initial state are about this large. */
const batchBytes = 64 * 1024

/** In batches: what is known together is sent together. */
export async function* watchStream(
  start: WatchStart,
  encoder: EventEncoder,
  options: WatchOptions,
): AsyncIterable<Buffer[]> {
  const { watcher } = start
  try {
    yield* initialState(start, encoder)
    const due = options.allowWatchBookmarks ? new Bookmarks(options) : undefined
    for (let pull = watcher.next(); ; ) {
      const batch = await (due?.orElse(pull) ?? pull)
      if (batch === 'bookmark') {
        yield [encoder.bookmark(watcher.revision, false)]
        continue
      }
      if (batch.done) return
      const events = batch.value.map(event => encoder.change(event)).filter(bytes => bytes !== undefined)
      if (events.length > 0) yield events
      pull = watcher.next()
    }
  } finally {
    await watcher.return()
  }
}

function* initialState({ entries = [], initialEventsEnd }: WatchStart, encoder: EventEncoder): Iterable<Buffer[]> {
  let events: Buffer[] = []
  let size = 0
  for (const entry of entries) {
    const bytes = encoder.added(entry)
    if (!bytes) continue
    events.push(bytes)
    size += bytes.length
    if (size < batchBytes) continue
    yield events
    events = []
    size = 0
  }
  if (initialEventsEnd !== undefined) events.push(encoder.bookmark(initialEventsEnd, true))
  if (events.length > 0) yield events
}

type Pull = Promise<IteratorResult<CacheEvent[], undefined>>

/**
 * Interrupts the waiting for changes once a minute, and just before the end. The promise waited on is a new one each time, because racing one that
 * stays pending for a minute would collect a reaction for every event.
 */
class Bookmarks {
  readonly #options: WatchOptions
  #wake = deferred<void>()
  #isDue = false
  #pull: Pull | undefined
  #result: IteratorResult<CacheEvent[], undefined> | undefined

  constructor(options: WatchOptions) {
    this.#options = options
    this.#schedule()
  }

  #schedule(): void {
    const { clock, signal, endsAtMs } = this.#options
    const lastInMs = endsAtMs - beforeEndMs - clock.now()
    clock.sleep(lastInMs > 0 ? Math.min(bookmarkEveryMs, lastInMs) : bookmarkEveryMs, signal).then(
      () => {
        this.#isDue = true
        this.#wake.resolve()
        this.#schedule()
      },
      // The watch has ended; nobody waits for a bookmark any more.
      () => undefined,
    )
  }

  async orElse(pull: Pull): Promise<IteratorResult<CacheEvent[], undefined> | 'bookmark'> {
    if (pull !== this.#pull) this.#follow(pull)
    if (!this.#isDue && !this.#result) await this.#wake.promise
    this.#wake = deferred<void>()
    if (this.#result) return this.#result
    this.#isDue = false
    return 'bookmark'
  }

  #follow(pull: Pull): void {
    this.#pull = pull
    this.#result = undefined
    const settle = (result: IteratorResult<CacheEvent[], undefined>) => {
      this.#result = result
      this.#wake.resolve()
    }
    // A watcher never fails: it ends.
    pull.then(settle, () => settle({ done: true, value: undefined }))
  }
}
