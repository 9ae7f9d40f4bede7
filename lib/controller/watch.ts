// A kind that a controller watches, and which keys a change of one of its objects concerns.

import { type KubeObject, keyOf } from '../api/meta.ts'
import type { Informer } from '../client/informer.ts'

export interface Watch {
  /** `deployments.apps` */
  kind: string
  synced(signal: AbortSignal): Promise<void>
  seen(resourceVersion: string, signal: AbortSignal): Promise<void>
  /** Resolves when the object that was deleted is gone, going, or another of its name. */
  gone(key: string, uid: string | undefined, signal: AbortSignal): Promise<void>
  /** Answers how to stop. */
  subscribe(enqueue: (key: string) => void): () => void
}

/** `keysOf` is told the object before and after the change; without it, the object's own key. */
export function watch<T extends KubeObject>(
  informer: Informer<T>,
  keysOf: (old: T | undefined, current: T | undefined) => Iterable<string> = ownKey,
): Watch {
  return {
    kind: informer.name,
    synced: signal => informer.synced(signal),
    seen: (resourceVersion, signal) => informer.seen(resourceVersion, signal),
    gone: (key, uid, signal) =>
      informer.until(
        key,
        obj => !obj || obj.metadata.deletionTimestamp !== undefined || (uid !== undefined && obj.metadata.uid !== uid),
        signal,
      ),
    subscribe: enqueue =>
      informer.onChange((old, current) => {
        for (const key of keysOf(old, current)) enqueue(key)
      }),
  }
}

function* ownKey(old: KubeObject | undefined, current: KubeObject | undefined): Iterable<string> {
  const obj = current ?? old
  if (obj) yield keyOf(obj)
}
