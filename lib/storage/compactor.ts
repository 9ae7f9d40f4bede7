// Forgetting old revisions, so that etcd does not grow for ever. Every API server tries; the one whose write to a shared
// key comes through does it, and what it forgets is what was new an interval ago. (The key and the way are upstream's,
// so that an upstream API server on the same etcd joins in.)

import { type Clock, systemClock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import { Compacted, type Kv } from './kv.ts'

export const COMPACT_KEY = 'compact_rev_key'

export interface CompactorOptions {
  kv: Kv
  log: Logger
  clock?: Clock
  intervalMs?: number
}

/** What one round has learnt for the next. */
export interface CompactorState {
  /** The mod revision of the shared key, as last seen. */
  expected: bigint
  /** etcd's revision then: what the next round may forget up to. 0n: no round yet. */
  revision: bigint
}

/** Runs until the signal is aborted. */
export async function runCompactor(options: CompactorOptions, signal: AbortSignal): Promise<void> {
  const { kv, log, clock = systemClock, intervalMs = 5 * 60_000 } = options
  let state: CompactorState = { expected: 0n, revision: 0n }
  while (!signal.aborted) {
    await clock.sleep(intervalMs, signal)
    try {
      state = await compactOnce(kv, state)
    } catch (error) {
      log.warn({ err: error }, 'the history in etcd was not compacted')
    }
  }
}

/** One round. It compacts only when nobody else did since the last. */
export async function compactOnce(kv: Kv, { expected, revision }: CompactorState): Promise<CompactorState> {
  const result = await kv.put(COMPACT_KEY, Buffer.from(`${revision}`), expected)
  if (!result.ok) return { expected: result.current?.modRevision ?? 0n, revision: result.revision }
  if (revision > 0n) await compact(kv, revision)
  return { expected: result.revision, revision: result.revision }
}

async function compact(kv: Kv, revision: bigint): Promise<void> {
  try {
    await kv.compact(revision)
  } catch (error) {
    // Somebody compacted further by hand: nothing is left to do.
    if (!(error instanceof Compacted)) throw error
  }
}
