// One change of one key, as all its watchers see it: encoded once, whoever asks first.

import { joined } from '../storage/codec.ts'
import type { CacheEntry } from '../storage/entry.ts'

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED'

const SUFFIX = Buffer.from('}\n')

export class CacheEvent {
  readonly revision: bigint
  readonly key: string
  /** Absent when the key was deleted. */
  readonly current: CacheEntry | undefined
  /** Absent when the key was created. */
  readonly previous: CacheEntry | undefined
  #deleted: CacheEntry | undefined
  readonly #encoded: { [type in EventType]?: Buffer } = {}

  constructor(revision: bigint, key: string, current: CacheEntry | undefined, previous: CacheEntry | undefined) {
    this.revision = revision
    this.key = key
    this.current = current
    this.previous = previous
  }

  /** The object a watcher is shown. DELETED, by deletion or by no longer matching: the previous one at this revision. */
  entry(type: EventType): CacheEntry {
    if (type !== 'DELETED') return present(this.current)
    this.#deleted ??= present(this.previous).at(this.revision)
    return this.#deleted
  }

  /** `{"type":…,"object":…}` and a line feed. */
  encoded(type: EventType): Buffer {
    let bytes = this.#encoded[type]
    if (!bytes) {
      bytes = joined(Buffer.from(`{"type":"${type}","object":`), this.entry(type).bytes, SUFFIX)
      this.#encoded[type] = bytes
    }
    return bytes
  }

  /** What the event holds in memory, roughly: the object as it is and as it is sent. */
  get byteLength(): number {
    return 2 * present(this.current ?? this.previous).bytes.length + 256
  }
}

function present(entry: CacheEntry | undefined): CacheEntry {
  if (!entry) throw new Error('the event has no such object')
  return entry
}
