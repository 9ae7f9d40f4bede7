// Something kept in step with a part of the cache: told everything there is, then every change, and everything anew
// when the stream broke.

import { hasReason } from '../../api/errors.ts'
import type { CacheEvent, WatchCache } from '../watch-cache.ts'

export interface Follower {
  /** Forget all, then begin from these. */
  reset(objects: Iterable<{ key: string; object: unknown }>): void
  change(event: CacheEvent): void
}

export async function follow(
  cache: WatchCache,
  keyPrefix: string,
  follower: Follower,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await cache.ready(signal)
    const { revision, entries } = begin(cache, keyPrefix)
    follower.reset(entries)
    try {
      for await (const batch of cache.watch(keyPrefix, revision, signal))
        for (const event of batch) follower.change(event)
    } catch (error) {
      if (!hasReason(error, 'Expired')) throw error
    }
  }
}

function begin(cache: WatchCache, keyPrefix: string) {
  const snapshot = cache.snapshot(keyPrefix)
  return { revision: snapshot.revision, entries: snapshot.entries() }
}
