// How a consistent read learns how new it must be: one question to etcd for all the readers waiting together, then
// waiting until the cache has come that far.

import type { Kv } from '../storage/kv.ts'
import { systemClock } from '../util/clock.ts'

/** The revision something has reached, and those who wait for it. */
export class Progress {
  #revision = 0n
  #waiting: { revision: bigint; resolve: () => void }[] = []

  get revision(): bigint {
    return this.#revision
  }

  reach(revision: bigint): void {
    this.#revision = revision
    if (this.#waiting.length === 0) return
    const due = this.#waiting.filter(waiter => waiter.revision <= revision)
    if (due.length === 0) return
    this.#waiting = this.#waiting.filter(waiter => waiter.revision > revision)
    for (const waiter of due) waiter.resolve()
  }

  /** Resolves when `revision` is reached; rejects with the signal's reason when it is aborted first. */
  seen(revision: bigint, signal?: AbortSignal): Promise<void> {
    if (this.#revision >= revision) return Promise.resolve()
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = () => {
        this.#waiting = this.#waiting.filter(other => other !== waiter)
        reject(signal?.reason)
      }
      const waiter = {
        revision,
        resolve: () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      this.#waiting.push(waiter)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }
}

/** Gives every caller an answer of a call that began after theirs: at most one runs and one waits for it. */
export class Shared<T> {
  readonly #call: () => Promise<T>
  #running: Promise<unknown> = Promise.resolve()
  #next: Promise<T> | undefined
  #idle = true

  constructor(call: () => Promise<T>) {
    this.#call = call
  }

  get(): Promise<T> {
    if (this.#idle) return this.#start()
    this.#next ??= this.#running.then(() => {
      this.#next = undefined
      return this.#start()
    })
    return this.#next
  }

  #start(): Promise<T> {
    this.#idle = false
    const call = this.#call()
    const settled = () => {
      this.#idle = this.#next === undefined
    }
    this.#running = call.then(settled, settled)
    return call
  }
}

/**
 * etcd's revision counts writes outside our prefix too, of which the cache hears nothing. When the cache does not arrive
 * by itself, a write to a key of our own brings it an event. (etcd's progress notifications cannot be trusted with
 * this: they may come before the events they stand for.)
 */
export const NUDGE_KEY = 'binnacle/progress'
const NUDGE_AFTER_MS = 50

export class Freshness {
  readonly #kv: Kv
  readonly #progress: Progress
  readonly #key: string
  readonly #question: Shared<bigint>
  readonly #nudge: Shared<void>
  #nudgeRevision = 0n

  constructor(kv: Kv, prefix: string, progress: Progress) {
    this.#kv = kv
    this.#progress = progress
    this.#key = prefix + NUDGE_KEY
    this.#question = new Shared(async () => (await kv.get(this.#key)).revision)
    this.#nudge = new Shared(() => this.#writeNudge())
  }

  /** Resolves with etcd's revision as of now, once the cache is there. */
  async fresh(signal?: AbortSignal): Promise<bigint> {
    const revision = await this.#question.get()
    signal?.throwIfAborted()
    if (this.#progress.revision >= revision) return this.#progress.revision
    const arrived = this.#progress.seen(revision, signal)
    const nudged = this.#nudgeUnless(arrived, revision)
    await Promise.race([arrived, nudged.then(() => arrived)])
    return this.#progress.revision
  }

  async #nudgeUnless(arrived: Promise<void>, revision: bigint): Promise<void> {
    await Promise.race([arrived, systemClock.sleep(NUDGE_AFTER_MS)])
    if (this.#progress.revision < revision) await this.#nudge.get()
  }

  /** Another API server may nudge too; one write of either is an event after the question. */
  async #writeNudge(): Promise<void> {
    for (;;) {
      const result = await this.#kv.put(this.#key, Buffer.from('{}'), this.#nudgeRevision)
      this.#nudgeRevision = result.ok ? result.revision : (result.current?.modRevision ?? 0n)
      if (result.ok) return
    }
  }
}
