// One watch over any number of connections. It goes on behind the last event it handed out, never from what a response's
// header says, and a response cut between its fragments is asked for again whole.

import type { Etcd3, IDuplexStream, IEvent, IWatchRequest, IWatchResponse } from 'etcd3'
import { isAbortError } from '../util/async.ts'
import { backoffMs } from '../util/backoff.ts'
import { systemClock } from '../util/clock.ts'
import { checked, isFuture, isTransient } from './etcd-errors.ts'
import { eventFromRpc, keyRange } from './etcd-rpc.ts'
import { Compacted, type KvEvent, Rewound, Unavailable } from './kv.ts'

type WatchStream = IDuplexStream<IWatchRequest, IWatchResponse> & AsyncIterable<IWatchResponse>

export interface Watched {
  prefix: string
  withoutPrevious: boolean
}

/** See Kv.watch. Ends when the signal is aborted. Throws Compacted, and what etcd refuses. */
export async function* watchEtcd(
  client: Etcd3,
  watched: Watched,
  revision: bigint,
  signal: AbortSignal,
): AsyncGenerator<KvEvent[]> {
  let last = revision
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      for await (const events of watchOnce(client, watched, last, signal)) {
        const news = events.filter(event => revisionOf(event) > last)
        const newest = news.at(-1)
        if (!newest) continue
        failures = 0
        last = revisionOf(newest)
        yield news
      }
    } catch (error) {
      if (signal.aborted) return
      if (!isTransient(error)) throw error
    }
    await pause(failures, signal)
  }
}

async function pause(failures: number, signal: AbortSignal): Promise<void> {
  try {
    await systemClock.sleep(backoffMs(failures, { initialMs: 20, maxMs: 1000, jitter: 0.5 }), signal)
  } catch (error) {
    if (!signal.aborted && !isAbortError(error)) throw error
  }
}

function revisionOf(event: KvEvent): bigint {
  return event.type === 'put' ? event.kv.modRevision : event.revision
}

/** The events after `revision`, whole responses at a time, as long as one stream lives. */
async function* watchOnce(
  client: Etcd3,
  watched: Watched,
  revision: bigint,
  signal: AbortSignal,
): AsyncGenerator<KvEvent[]> {
  const stream = (await checked(client.watchClient.watch())) as WatchStream
  const cancel = () => stream.cancel()
  // Errors reach the loop below; after it has ended, a late one must not bring the process down.
  stream.on('error', () => {})
  signal.addEventListener('abort', cancel, { once: true })
  try {
    stream.write({ create_request: createRequest(watched, revision) })
    let fragments: IEvent[] = []
    for await (const response of responses(stream)) {
      if (response.canceled) throw cancelled(response)
      if (response.created) await mustRemember(client, watched.prefix, revision)
      fragments.push(...response.events)
      if (response.fragment || fragments.length === 0) continue
      yield fragments.map(eventFromRpc)
      fragments = []
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    stream.cancel()
  }
}

function createRequest({ prefix, withoutPrevious }: Watched, revision: bigint): object {
  return { ...keyRange(prefix), start_revision: `${revision + 1n}`, prev_kv: !withoutPrevious, fragment: true }
}

async function* responses(stream: WatchStream): AsyncGenerator<IWatchResponse> {
  try {
    yield* stream
  } catch (error) {
    throw new Unavailable(`etcd's watch broke: ${error instanceof Error ? error.message : error}`, error)
  }
}

/**
 * A compaction exactly at a deletion takes the deletion's event with it, and etcd does not notice when a watch begins
 * there. So the revision before must still be there too. And one that etcd has not come to was taken back by a restore.
 */
async function mustRemember(client: Etcd3, prefix: string, revision: bigint): Promise<void> {
  if (revision === 0n) return
  const { key } = keyRange(prefix)
  try {
    await checked(
      client.kv.range({ key, revision: `${revision}`, count_only: true }, { deadline: Date.now() + 10_000 }),
    )
  } catch (error) {
    throw isFuture(error) ? new Rewound(revision) : error
  }
}

function cancelled(response: IWatchResponse): Error {
  if (BigInt(response.compact_revision) > 0n) return new Compacted(BigInt(response.compact_revision))
  const message = `etcd cancelled the watch: ${response.cancel_reason}`
  return response.cancel_reason.includes('permission denied') ? new Error(message) : new Unavailable(message)
}
