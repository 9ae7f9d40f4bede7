// The last events, as many as fit: where a watch begins when it starts in the past, and what undoes the cache to an
// earlier revision.

import type { CacheEvent } from './watch-cache-event.ts'

export class History {
  readonly #maxEvents: number
  readonly #maxBytes: number
  #events: (CacheEvent | undefined)[] = []
  #start = 0
  #bytes = 0
  #forgotten = 0n

  constructor({ maxEvents, maxBytes }: { maxEvents: number; maxBytes: number }) {
    this.#maxEvents = maxEvents
    this.#maxBytes = maxBytes
  }

  /** Every event after this revision is known; of those up to it, none need be. */
  get forgotten(): bigint {
    return this.#forgotten
  }

  /** Begins anew at a revision. */
  reset(revision: bigint): void {
    this.#events = []
    this.#start = 0
    this.#bytes = 0
    this.#forgotten = revision
  }

  push(events: CacheEvent[]): void {
    for (const event of events) {
      this.#events.push(event)
      this.#bytes += event.byteLength
    }
    while (this.#events.length - this.#start > this.#maxEvents || this.#bytes > this.#maxBytes) this.#forgetOldest()
    if (this.#start * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#start)
      this.#start = 0
    }
  }

  #forgetOldest(): void {
    const event = this.#events[this.#start]
    if (!event) return
    this.#events[this.#start++] = undefined
    this.#bytes -= event.byteLength
    this.#forgotten = event.revision
  }

  /** The events after `revision`, oldest first; meaningful for revisions from `forgotten` on. */
  after(revision: bigint): CacheEvent[] {
    return this.#events.slice(this.#indexAfter(revision)).filter(event => event !== undefined)
  }

  /** The index of the first event after `revision`, by bisection. */
  #indexAfter(revision: bigint): number {
    let low = this.#start
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const event = this.#events[middle]
      if (event && event.revision > revision) high = middle
      else low = middle + 1
    }
    return low
  }
}
