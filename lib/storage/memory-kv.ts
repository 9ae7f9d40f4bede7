// Kv in memory, for tests: revisions, history, compaction and TTLs as etcd has them, in one process and lost with it.

import { type Clock, systemClock } from '../util/clock.ts'
import { Compacted, type KeyValue, type Kv, type KvEvent, type ListOptions, Rewound, type WriteResult } from './kv.ts'

interface Change {
  revision: bigint
  events: KvEvent[]
}

export class MemoryKv implements Kv {
  readonly #clock: Clock
  readonly #current = new Map<string, KeyValue>()
  readonly #expiries = new Map<string, { modRevision: bigint; at: number }>()
  /** Every change there was, also those compacted away: what is forgotten is only refused. */
  readonly #history: Change[] = []
  #compacted = 0n
  /** etcd begins at 1 too. */
  #revision = 1n
  #waiting = new Set<() => void>()

  constructor({ clock = systemClock }: { clock?: Clock } = {}) {
    this.#clock = clock
  }

  async get(key: string, signal?: AbortSignal): Promise<{ kv?: KeyValue; revision: bigint }> {
    signal?.throwIfAborted()
    this.#expire()
    const kv = this.#current.get(key)
    return { ...(kv ? { kv } : {}), revision: this.#revision }
  }

  async list(
    prefix: string,
    options: ListOptions = {},
    signal?: AbortSignal,
  ): Promise<{ kvs: KeyValue[]; count: number; revision: bigint }> {
    signal?.throwIfAborted()
    this.#expire()
    const { startKey = prefix, revision = this.#revision, limit } = options
    if (revision < this.#compacted) throw new Compacted(this.#compacted)
    const found = [...this.#at(revision).values()].filter(kv => kv.key.startsWith(prefix) && kv.key >= startKey)
    found.sort((a, b) => (a.key < b.key ? -1 : 1))
    return { kvs: found.slice(0, limit), count: found.length, revision }
  }

  async put(
    key: string,
    value: Buffer,
    expected: bigint,
    { ttlSeconds }: { ttlSeconds?: number } = {},
  ): Promise<WriteResult> {
    this.#expire()
    const previous = this.#current.get(key)
    if ((previous?.modRevision ?? 0n) !== expected) return this.#refused(previous)
    const modRevision = this.#revision + 1n
    const kv = { key, value, modRevision, createRevision: previous?.createRevision ?? modRevision }
    this.#current.set(key, kv)
    if (ttlSeconds === undefined) this.#expiries.delete(key)
    else this.#expiries.set(key, { modRevision, at: this.#clock.now() + ttlSeconds * 1000 })
    this.#commit({ type: 'put', kv, ...(previous ? { previous } : {}) })
    return { ok: true, revision: modRevision }
  }

  async delete(key: string, expected: bigint): Promise<WriteResult> {
    this.#expire()
    const previous = this.#current.get(key)
    if ((previous?.modRevision ?? 0n) !== expected) return this.#refused(previous)
    if (previous) this.#remove(previous)
    return { ok: true, revision: this.#revision }
  }

  async *watch(prefix: string, revision: bigint, signal: AbortSignal): AsyncGenerator<KvEvent[]> {
    let last = revision
    while (!signal.aborted) {
      this.#expire()
      if (last < this.#compacted) throw new Compacted(this.#compacted)
      if (last > this.#revision) throw new Rewound(last)
      const next = this.#history.find(change => change.revision > last)
      if (!next) {
        await this.#changed(signal)
        continue
      }
      last = next.revision
      const events = next.events.filter(event => keyOf(event).startsWith(prefix))
      if (events.length > 0) yield events
    }
  }

  async compact(revision: bigint): Promise<void> {
    if (revision <= this.#compacted) throw new Compacted(this.#compacted)
    if (revision > this.#revision) throw new Error('the required revision is a future revision')
    this.#compacted = revision
    this.#wake()
  }

  close(): void {}

  #refused(current: KeyValue | undefined): WriteResult {
    return { ok: false, revision: this.#revision, ...(current ? { current } : {}) }
  }

  #remove(previous: KeyValue): void {
    this.#current.delete(previous.key)
    this.#expiries.delete(previous.key)
    this.#commit({ type: 'delete', key: previous.key, revision: this.#revision + 1n, previous })
  }

  #commit(event: KvEvent): void {
    this.#revision++
    this.#history.push({ revision: this.#revision, events: [event] })
    this.#wake()
  }

  /** Deletes what has outlived its TTL; called before every look, for nothing here runs by itself. */
  #expire(): void {
    for (const [key, { at }] of this.#expiries) {
      const kv = this.#current.get(key)
      if (kv && at <= this.#clock.now()) this.#remove(kv)
    }
  }

  #at(revision: bigint): Map<string, KeyValue> {
    if (revision >= this.#revision) return this.#current
    const then = new Map(this.#current)
    for (const change of this.#history.toReversed()) {
      if (change.revision <= revision) break
      for (const event of change.events) {
        if (event.previous) then.set(keyOf(event), event.previous)
        else then.delete(keyOf(event))
      }
    }
    return then
  }

  #changed(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        this.#waiting.delete(done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#waiting.add(done)
      signal.addEventListener('abort', done, { once: true })
    })
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}

function keyOf(event: KvEvent): string {
  return event.type === 'put' ? event.kv.key : event.key
}
