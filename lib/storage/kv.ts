// The five things asked of etcd. Everything above speaks only this; only etcd-kv.ts speaks gRPC.

export interface KeyValue {
  key: string
  value: Buffer
  /** etcd's mod revision: the object's resourceVersion. */
  modRevision: bigint
  createRevision: bigint
}

export type KvEvent =
  | { type: 'put'; kv: KeyValue; previous?: KeyValue }
  /** `revision` is that of the deletion; `previous` is what was deleted. */
  | { type: 'delete'; key: string; revision: bigint; previous?: KeyValue }

export type WriteResult =
  | { ok: true; revision: bigint }
  /** The key was not at the expected revision: `current` is what stands there now. */
  | { ok: false; revision: bigint; current?: KeyValue }

export interface ListOptions {
  limit?: number
  /** Where to begin, inclusive; defaults to the prefix. */
  startKey?: string
  /** A snapshot of the past; throws Compacted when it is gone. */
  revision?: bigint
}

export interface WatchOptions {
  /** Events come without `previous`, which costs etcd a look for each and the wire as much again. */
  withoutPrevious?: boolean
}

export interface Kv {
  get(key: string, signal?: AbortSignal): Promise<{ kv?: KeyValue; revision: bigint }>
  /** In key order. `count` is how many keys there are from startKey on, whatever the limit. */
  list(
    prefix: string,
    options?: ListOptions,
    signal?: AbortSignal,
  ): Promise<{ kvs: KeyValue[]; count: number; revision: bigint }>
  /** `expected` is the mod revision that must stand there; 0n: the key must not exist. */
  put(key: string, value: Buffer, expected: bigint, options?: { ttlSeconds?: number }): Promise<WriteResult>
  delete(key: string, expected: bigint): Promise<WriteResult>
  /**
   * Every change under the prefix after `revision` (exclusive), in order, each once, over any number of lost
   * connections. Batches hold whole revisions. Throws Compacted when history is missing, Rewound when `revision` is
   * still to come.
   */
  watch(prefix: string, revision: bigint, signal: AbortSignal, options?: WatchOptions): AsyncIterable<KvEvent[]>
  /** Forgets history before `revision`. */
  compact(revision: bigint): Promise<void>
  close(): void
}

/** The revision asked for was compacted away. */
export class Compacted extends Error {
  /** Where history starts; 0n when etcd did not say. */
  readonly compactRevision: bigint

  constructor(compactRevision: bigint) {
    const start = compactRevision > 0n ? ` (history starts at ${compactRevision})` : ''
    super(`the requested revision has been compacted${start}`)
    this.name = 'Compacted'
    this.compactRevision = compactRevision
  }
}

/** etcd is behind what it was: older data was put in its place. What was seen since then never happened. */
export class Rewound extends Compacted {
  constructor(revision: bigint) {
    super(0n)
    this.name = 'Rewound'
    this.message = `the requested revision ${revision} is a future revision: etcd was restored to an earlier one`
  }
}

/** etcd did not answer, or answered that it cannot: the write may or may not have happened. */
export class Unavailable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'Unavailable'
  }
}
