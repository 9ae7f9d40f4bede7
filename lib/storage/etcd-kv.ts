// Kv over gRPC. Of etcd3 only the raw calls are used: its managed watcher loses events when it resumes, and its circuit
// breaker turns one failure into five seconds of them.

import { Etcd3, type IOptions, type IRangeRequest, type IRangeResponse } from 'etcd3'
import { backoffMs } from '../util/backoff.ts'
import { systemClock } from '../util/clock.ts'
import { checked, isLeaseGone, isTransient } from './etcd-errors.ts'
import { fromRpc, keyRange, revisionOf } from './etcd-rpc.ts'
import { watchEtcd } from './etcd-watch.ts'
import type { KeyValue, Kv, KvEvent, ListOptions, WatchOptions, WriteResult } from './kv.ts'
import { Leases } from './leases.ts'

export interface EtcdOptions {
  /** `https://127.0.0.1:2379` */
  endpoints: string[]
  /** PEM: who signed the servers' certificates. */
  ca?: string
  /** PEM: our client certificate and its key. */
  cert?: string
  key?: string
}

/** Connects when first used. */
export function connectEtcd(options: EtcdOptions): Kv {
  return new EtcdKv(etcdClient(options))
}

export function etcdClient({ endpoints, ca, cert, key }: EtcdOptions): Etcd3 {
  const client: IOptions = {
    hosts: endpoints,
    faultHandling: { host: () => callThrough, global: callThrough },
    grpcOptions: {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      // etcd hangs up on clients that ping more often than every five seconds.
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5000,
      'grpc.initial_reconnect_backoff_ms': 50,
      'grpc.min_reconnect_backoff_ms': 50,
      'grpc.max_reconnect_backoff_ms': 1000,
    },
  }
  if (ca) {
    const pair = cert && key ? { certChain: Buffer.from(cert), privateKey: Buffer.from(key) } : {}
    client.credentials = { rootCertificate: Buffer.from(ca), ...pair }
  }
  return new Etcd3(client)
}

type Policy = NonNullable<NonNullable<IOptions['faultHandling']>['global']>

/** No retries and no breaker: what to do about a failure is known here, not there. */
const callThrough: Policy = {
  _altReturn: undefined as never,
  onSuccess: () => ({ dispose: () => {} }),
  onFailure: () => ({ dispose: () => {} }),
  execute: async fn => await withoutStack(() => fn({ signal: neverAborted, attempt: 0 } as never)),
}

const neverAborted = new AbortController().signal

/** At every call grpc-js makes an error for the sake of its stack, should the call fail: a quarter of what a call costs. */
function withoutStack<T>(call: () => T): T {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return call()
  } finally {
    Error.stackTraceLimit = limit
  }
}

const DEADLINE_MS = 10_000
const PAGE_SIZE = 1000
const READ_ATTEMPTS = 6

class EtcdKv implements Kv {
  readonly #client: Etcd3
  readonly #leases: Leases
  #closed = false

  constructor(client: Etcd3) {
    this.#client = client
    this.#leases = new Leases(async ttlSeconds => {
      const lease = await checked(client.leaseClient.leaseGrant({ TTL: ttlSeconds }, deadline()))
      return lease.ID
    })
  }

  async get(key: string, signal?: AbortSignal): Promise<{ kv?: KeyValue; revision: bigint }> {
    const answer = await this.#read({ key: Buffer.from(key) }, signal)
    const [kv] = answer.kvs
    return { ...(kv ? { kv: fromRpc(kv) } : {}), revision: revisionOf(answer) }
  }

  async list(
    prefix: string,
    options: ListOptions = {},
    signal?: AbortSignal,
  ): Promise<{ kvs: KeyValue[]; count: number; revision: bigint }> {
    const first = await this.#page(prefix, options.startKey ?? prefix, options, signal)
    const kvs = first.kvs.map(fromRpc)
    const wanted = options.limit ?? Number.POSITIVE_INFINITY
    const revision = options.revision ?? revisionOf(first)
    for (let more = first.more; more && kvs.length < wanted; ) {
      const page = { limit: wanted - kvs.length, revision }
      const next = await this.#page(prefix, `${kvs.at(-1)?.key}\0`, page, signal)
      kvs.push(...next.kvs.map(fromRpc))
      more = next.more
    }
    return { kvs, count: Number(first.count), revision }
  }

  #page(prefix: string, from: string, options: ListOptions, signal?: AbortSignal): Promise<IRangeResponse> {
    const request: IRangeRequest = {
      key: Buffer.from(from),
      range_end: keyRange(prefix).range_end,
      limit: Math.min(options.limit ?? PAGE_SIZE, PAGE_SIZE),
      ...(options.revision === undefined ? {} : { revision: `${options.revision}` }),
    }
    return this.#read(request, signal)
  }

  async put(
    key: string,
    value: Buffer,
    expected: bigint,
    { ttlSeconds }: { ttlSeconds?: number } = {},
  ): Promise<WriteResult> {
    const lease = ttlSeconds === undefined ? undefined : await this.#leases.take(ttlSeconds)
    try {
      return await this.#transact(key, expected, {
        request_put: { key: Buffer.from(key), value, ...(lease ? { lease: lease.id } : {}) },
      })
    } catch (error) {
      if (!(lease && isLeaseGone(error))) throw error
      this.#leases.forget(lease)
      return await this.put(key, value, expected, ttlSeconds === undefined ? {} : { ttlSeconds })
    }
  }

  delete(key: string, expected: bigint): Promise<WriteResult> {
    return this.#transact(key, expected, { request_delete_range: { key: Buffer.from(key) } })
  }

  /** If the key is at `expected` then `write` else read it. Not tried again: it may have happened. */
  async #transact(key: string, expected: bigint, write: object): Promise<WriteResult> {
    const keyBytes = Buffer.from(key)
    const answer = await checked(
      this.#client.kv.txn(
        {
          compare: [{ key: keyBytes, target: 'Mod', result: 'Equal', mod_revision: `${expected}` }],
          success: [write],
          failure: [{ request_range: { key: keyBytes } }],
        },
        deadline(),
      ),
    )
    const revision = revisionOf(answer)
    if (answer.succeeded) return { ok: true, revision }
    const current = answer.responses[0]?.response_range.kvs[0]
    return { ok: false, revision, ...(current ? { current: fromRpc(current) } : {}) }
  }

  watch(
    prefix: string,
    revision: bigint,
    signal: AbortSignal,
    { withoutPrevious = false }: WatchOptions = {},
  ): AsyncIterable<KvEvent[]> {
    return watchEtcd(this.#client, { prefix, withoutPrevious }, revision, signal)
  }

  async compact(revision: bigint): Promise<void> {
    await checked(this.#client.kv.compact({ revision: `${revision}` }, deadline()))
  }

  close(): void {
    this.#closed = true
    this.#client.close()
  }

  async #read(request: IRangeRequest, signal?: AbortSignal): Promise<IRangeResponse> {
    for (let attempt = 0; ; attempt++) {
      signal?.throwIfAborted()
      try {
        return await unlessAborted(checked(this.#client.kv.range(request, deadline())), signal)
      } catch (error) {
        if (this.#closed || !isTransient(error) || attempt + 1 >= READ_ATTEMPTS) throw error
      }
      await systemClock.sleep(backoffMs(attempt, { initialMs: 20, maxMs: 1000, jitter: 0.5 }), signal)
    }
  }
}

function deadline(): { deadline: number } {
  return { deadline: Date.now() + DEADLINE_MS }
}

/** The call goes on by itself when the signal is aborted; its answer is not waited for. */
async function unlessAborted<T>(call: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await call
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([call, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
