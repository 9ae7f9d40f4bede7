// One watcher's share of the cache's events: a bounded buffer between the cache, which never waits, and a consumer,
// which may. A consumer that falls too far behind gets what is buffered, then the end of the stream.

import type { CacheEvent } from './watch-cache-event.ts'

export interface WatcherOptions {
  /** What happened before the watcher was registered; does not count against the buffer. */
  backlog: CacheEvent[]
  /** Where the watch begins: it sees nothing up to this revision. */
  afterRevision: bigint
  maxBuffered: number
  /** The revision the cache is at. */
  cacheRevision(): bigint
  onClose(): void
}

export class CacheWatcher implements AsyncIterableIterator<CacheEvent[]> {
  readonly #options: WatcherOptions
  #queue: CacheEvent[][]
  #buffered = 0
  #pull: ((result: IteratorResult<CacheEvent[], undefined>) => void) | undefined
  #closed = false
  #handedOut: bigint

  constructor(options: WatcherOptions) {
    this.#options = options
    this.#queue = options.backlog.length > 0 ? [options.backlog] : []
    this.#handedOut = options.afterRevision
  }

  /**
   * Everything up to here was handed to the consumer, and it came back for more: what a bookmark may say. Batches that
   * the consumer is still busy with do not count.
   */
  get revision(): bigint {
    if (!this.#pull || this.#queue.length > 0) return this.#handedOut
    const revision = this.#options.cacheRevision()
    return revision > this.#handedOut ? revision : this.#handedOut
  }

  /** Takes events in, in order. The array is shared with other watchers. */
  push(events: CacheEvent[]): void {
    if (this.#closed) return
    const after = this.#options.afterRevision
    const news = (events[0]?.revision ?? 0n) > after ? events : events.filter(event => event.revision > after)
    if (news.length === 0) return
    if (this.#pull) return this.#answer(news)
    this.#queue.push(news)
    this.#buffered += news.length
    if (this.#buffered > this.#options.maxBuffered) this.close()
  }

  /** Ends the stream behind what is buffered. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#options.onClose()
    this.#pull?.({ done: true, value: undefined })
    this.#pull = undefined
  }

  #answer(events: CacheEvent[]): void {
    const pull = this.#pull
    this.#pull = undefined
    pull?.({ done: false, value: events })
    this.#handedOutNext = events.at(-1)?.revision ?? this.#handedOutNext
  }

  #handedOutNext = 0n

  next(): Promise<IteratorResult<CacheEvent[], undefined>> {
    if (this.#handedOutNext > this.#handedOut) this.#handedOut = this.#handedOutNext
    return new Promise(resolve => {
      this.#pull = resolve
      if (this.#queue.length > 0) {
        const events = this.#queue.length === 1 && this.#queue[0] ? this.#queue[0] : this.#queue.flat()
        this.#queue = []
        this.#buffered = 0
        this.#answer(events)
      } else if (this.#closed) {
        this.#pull = undefined
        resolve({ done: true, value: undefined })
      }
    })
  }

  return(): Promise<IteratorResult<CacheEvent[], undefined>> {
    this.#queue = []
    this.close()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
