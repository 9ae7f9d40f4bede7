// Keys to work on: each at most once in the queue, none worked on twice at a time, failures retried after a back-off
// that grows from 5 ms to 1000 s as upstream's does.

import { inBackground } from '../util/async.ts'
import { backoffMs } from '../util/backoff.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import { type Logger, silentLogger } from '../util/log.ts'

/** What a queue tells of itself; seconds are fractions. */
export interface QueueMetrics {
  depth?(length: number): void
  added?(): void
  retried?(): void
  waited?(seconds: number): void
  worked?(seconds: number): void
}

export interface WorkQueueOptions {
  clock?: Clock
  metrics?: QueueMetrics
  log?: Logger
  backoff?: { initialMs: number; maxMs: number }
}

// Node's timers fire at once beyond 2^31 ms; a key that comes back a day too early is only looked at once more.
const longestDelayMs = 24 * 3600 * 1000

export class WorkQueue {
  readonly #clock: Clock
  readonly #metrics: QueueMetrics
  readonly #log: Logger
  readonly #backoff: { initialMs: number; maxMs: number }
  /** Sets keep their order: the first in is the next out. The value is when it came. */
  readonly #ready = new Map<string, number>()
  readonly #working = new Map<string, number>()
  readonly #again = new Set<string>()
  readonly #failures = new Map<string, number>()
  /** Keys that come back later, and when. */
  readonly #delayed = new Map<string, { at: number; stop: AbortController }>()
  #takers: (() => void)[] = []

  constructor({ clock = systemClock, metrics = {}, log = silentLogger, backoff }: WorkQueueOptions = {}) {
    this.#clock = clock
    this.#metrics = metrics
    this.#log = log
    this.#backoff = backoff ?? { initialMs: 5, maxMs: 1_000_000 }
  }

  /** Keys waiting to be taken; neither those worked on nor those delayed. */
  get length(): number {
    return this.#ready.size
  }

  add(key: string): void {
    if (this.#ready.has(key) || this.#again.has(key)) return
    this.#metrics.added?.()
    if (this.#working.has(key)) this.#again.add(key)
    else this.#makeReady(key)
  }

  /** Of several delays for one key the one that ends first counts. */
  addAfter(key: string, ms: number): void {
    if (ms <= 0) {
      this.add(key)
      return
    }
    const delay = Math.min(ms, longestDelayMs)
    const at = this.#clock.now() + delay
    const known = this.#delayed.get(key)
    if (known && known.at <= at) return
    known?.stop.abort()
    const stop = new AbortController()
    this.#delayed.set(key, { at, stop })
    const back = this.#clock.sleep(delay, stop.signal).then(() => {
      this.#delayed.delete(key)
      this.add(key)
    })
    inBackground(this.#log, 'a delayed key', back, stop.signal)
  }

  /** After a failure: again, each time later, until `forget`. */
  retry(key: string): void {
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    this.#metrics.retried?.()
    this.addAfter(key, backoffMs(failures, this.#backoff))
  }

  /** How often the key failed since it was last forgotten. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0
  }

  forget(key: string): void {
    this.#failures.delete(key)
  }

  /** The next key, waiting for one; `done` must follow. Rejects with the signal's reason. */
  async take(signal: AbortSignal): Promise<string> {
    for (;;) {
      signal.throwIfAborted()
      const next = this.#ready.entries().next().value
      if (next) return this.#begin(...next)
      await this.#arrival(signal)
    }
  }

  done(key: string): void {
    const began = this.#working.get(key)
    if (began === undefined) return
    this.#working.delete(key)
    this.#metrics.worked?.((this.#clock.now() - began) / 1000)
    if (this.#again.delete(key)) this.#makeReady(key)
  }

  /** Ends all timers. */
  close(): void {
    for (const { stop } of this.#delayed.values()) stop.abort()
    this.#delayed.clear()
  }

  #makeReady(key: string): void {
    this.#ready.set(key, this.#clock.now())
    this.#metrics.depth?.(this.#ready.size)
    this.#takers.shift()?.()
  }

  #begin(key: string, came: number): string {
    this.#ready.delete(key)
    this.#working.set(key, this.#clock.now())
    this.#metrics.depth?.(this.#ready.size)
    this.#metrics.waited?.((this.#clock.now() - came) / 1000)
    return key
  }

  #arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#takers = this.#takers.filter(other => other !== wake)
        reject(signal.reason)
      }
      const wake = () => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#takers.push(wake)
    })
  }
}
