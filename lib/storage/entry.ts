// A stored object as everyone reads it: bytes that can be sent as they are, and the object, parsed when first asked for.

import type { KubeObject } from '../api/meta.ts'
import { jsonEqual } from '../util/json-equal.ts'
import { labelsIn, metadataStart, replaceResourceVersion, withResourceVersion } from './codec.ts'
import type { KeyValue } from './kv.ts'
import { type Forgettable, Recent } from './recent.ts'

export interface CacheEntry {
  /** Below the prefix: `pods/default/web-1`. */
  readonly key: string
  /** The object's resourceVersion. */
  readonly revision: bigint
  /** JSON with metadata.resourceVersion in it. */
  readonly bytes: Buffer
  /** Parsed when asked for and kept for a while, shared by all: never change it. Frozen in tests. */
  readonly object: KubeObject
  /** metadata.labels, read without parsing the rest; shared by all. */
  readonly labels: Readonly<Record<string, string>>
  /** A fresh object, the caller's own. */
  copy(): KubeObject
  /** The same object with another resourceVersion: what a DELETED event shows. */
  at(revision: bigint): CacheEntry
  /** True when writing `value` (as encode makes it) would change nothing. */
  stands(value: Buffer): boolean
}

/** The entry of a key and value; `key` is what follows the prefix. Throws Undecodable. */
export function toEntry(key: string, { value, modRevision }: Pick<KeyValue, 'value' | 'modRevision'>): CacheEntry {
  const start = metadataStart(value)
  return new StoredEntry(key, modRevision, withResourceVersion(value, start, modRevision), start)
}

/** The objects parsed last, as many as came from this many bytes: all of them would take twice what the bytes take. */
const recentlyParsed = new Recent(16 * 1024 * 1024)

class StoredEntry implements CacheEntry, Forgettable {
  readonly key: string
  readonly revision: bigint
  readonly bytes: Buffer
  readonly #versionStart: number
  #object: KubeObject | undefined
  #labels: Record<string, string> | undefined

  constructor(key: string, revision: bigint, bytes: Buffer, versionStart: number) {
    this.key = key
    this.revision = revision
    this.bytes = bytes
    this.#versionStart = versionStart
  }

  get object(): KubeObject {
    if (!this.#object) {
      this.#object = freezeInTests(this.copy())
      recentlyParsed.add(this)
    }
    return this.#object
  }

  get labels(): Readonly<Record<string, string>> {
    this.#labels ??= this.#object?.metadata.labels ?? labelsIn(this.bytes, this.#versionStart)
    return this.#labels
  }

  get cost(): number {
    return this.bytes.length
  }

  forget(): void {
    this.#object = undefined
  }

  copy(): KubeObject {
    return JSON.parse(this.bytes.toString())
  }

  at(revision: bigint): CacheEntry {
    const bytes = replaceResourceVersion(this.bytes, this.#versionStart, this.revision, revision)
    return new StoredEntry(this.key, revision, bytes, this.#versionStart)
  }

  stands(value: Buffer): boolean {
    const bytes = withResourceVersion(value, metadataStart(value), this.revision)
    if (bytes.length !== this.bytes.length) return false
    // The same members in another order are the same object, and of the same length.
    return bytes.equals(this.bytes) || jsonEqual(JSON.parse(bytes.toString()), this.object)
  }
}

const inTests = process.env.NODE_ENV === 'test'

function freezeInTests<T>(value: T): T {
  if (!inTests || typeof value !== 'object' || value === null) return value
  for (const member of Object.values(value)) freezeInTests(member)
  return Object.freeze(value)
}
