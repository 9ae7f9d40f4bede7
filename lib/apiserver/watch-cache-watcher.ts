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
  /** The consumer is too far behind: whatever it is busy with should be broken off. */
  onOverflow?(): void
}

export class CacheWatcher implements AsyncIterableIterator<CacheEvent[]> {
  readonly #options: WatcherOptions
  #queue: CacheEvent[][]
  #buffered = 0
  #pull: ((result: IteratorResult<CacheEvent[], undefined>) => void) | undefined
  #closed = false
  #isWoken = false
  /** Up to here the consumer is done. */
  #done: bigint
  /** Up to here it was handed the events. */
  #handedOut: bigint

  constructor(options: WatcherOptions) {
    this.#options = options
    this.#queue = options.backlog.length > 0 ? [options.backlog] : []
    this.#done = options.afterRevision
    this.#handedOut = options.afterRevision
  }

  /**
   * Everything up to here was handed to the consumer, and it came back for more: what a bookmark may say. A batch that
   * the consumer is still busy with does not count.
   */
  get revision(): bigint {
    const isIdle = this.#pull !== undefined
    return isIdle && this.#options.cacheRevision() > this.#done ? this.#options.cacheRevision() : this.#done
  }

  /** Takes events in, in order. The array is shared with other watchers. */
  push(events: CacheEvent[]): void {
    if (this.#closed) return
    const after = this.#options.afterRevision
    const news = (events[0]?.revision ?? 0n) > after ? events : events.filter(event => event.revision > after)
    if (news.length === 0) return
    this.#queue.push(news)
    this.#buffered += news.length
    if (this.#pull) this.#answer(this.#pull)
    else if (this.#buffered > this.#options.maxBuffered) this.#overflow()
  }

  #overflow(): void {
    this.close()
    this.#options.onOverflow?.()
  }

  /** Lets the consumer look up: when there is nothing for it, its next batch is empty, and `revision` is the cache's. */
  wake(): void {
    if (this.#pull) this.#rouse(this.#pull)
    else this.#isWoken = true
  }

  /** Ends the stream behind what is buffered. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#options.onClose()
    if (this.#pull) this.#answer(this.#pull)
  }

  next(): Promise<IteratorResult<CacheEvent[], undefined>> {
    this.#done = this.#handedOut
    return new Promise(resolve => {
      if (this.#queue.length > 0 || this.#closed) this.#answer(resolve)
      else if (this.#isWoken) this.#rouse(resolve)
      else this.#pull = resolve
    })
  }

  #rouse(resolve: (result: IteratorResult<CacheEvent[], undefined>) => void): void {
    const now = this.#options.cacheRevision()
    if (now > this.#handedOut) this.#handedOut = now
    this.#done = this.#handedOut
    this.#isWoken = false
    this.#pull = undefined
    resolve({ done: false, value: [] })
  }

  /** All that is buffered in one batch, or the end. */
  #answer(resolve: (result: IteratorResult<CacheEvent[], undefined>) => void): void {
    this.#pull = undefined
    const events = this.#queue.length === 1 && this.#queue[0] ? this.#queue[0] : this.#queue.flat()
    this.#queue = []
    this.#buffered = 0
    this.#handedOut = events.at(-1)?.revision ?? this.#handedOut
    resolve(events.length > 0 ? { done: false, value: events } : { done: true, value: undefined })
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
