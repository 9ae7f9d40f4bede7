// The events of a watch, in order: what was there at the start, then every change, and bookmarks in between.

import type { CacheEntry } from '../../storage/entry.ts'
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
    const bookmarks = options.allowWatchBookmarks ? new Bookmarks(options, () => watcher.wake()) : undefined
    for await (const changes of watcher) {
      const events = changes.map(change => encoder.change(change)).filter(bytes => bytes !== undefined)
      if (events.length > 0) yield events
      // The client has come back for more, so it has all of these.
      if (bookmarks?.take()) yield [encoder.bookmark(changes.at(-1)?.revision ?? watcher.revision, false)]
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

/** Says when a bookmark is due: once a minute, and just before the end. */
class Bookmarks {
  readonly #options: WatchOptions
  readonly #wake: () => void
  #isDue = false

  constructor(options: WatchOptions, wake: () => void) {
    this.#options = options
    this.#wake = wake
    this.#schedule()
  }

  /** True once for each that is due. */
  take(): boolean {
    const isDue = this.#isDue
    this.#isDue = false
    return isDue
  }

  #schedule(): void {
    const { clock, signal, endsAtMs } = this.#options
    const lastInMs = endsAtMs - beforeEndMs - clock.now()
    clock.sleep(lastInMs > 0 ? Math.min(bookmarkEveryMs, lastInMs) : bookmarkEveryMs, signal).then(
      () => {
        this.#isDue = true
        this.#schedule()
        this.#wake()
      },
      // The watch has ended; nobody waits for a bookmark any more.
      () => undefined,
    )
  }
}
