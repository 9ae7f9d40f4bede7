// A stream of changes, and where one comes from. One informer loop runs over any source.

import type { KubeObject } from './meta.ts'

export type WatchEvent<T> =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T }
  /** Says only that everything up to this resourceVersion was sent. */
  | { type: 'BOOKMARK'; resourceVersion: string }

/**
 * List, then watch from the list's resourceVersion. `watch` ends normally when the server closes the stream (the
 * caller watches again from the last resourceVersion seen) and throws StatusError Expired when that version is
 * forgotten (the caller lists again).
 */
export interface WatchSource<T extends KubeObject> {
  list(signal: AbortSignal): Promise<{ items: T[]; resourceVersion: string }>
  watch(resourceVersion: string, signal: AbortSignal): AsyncIterable<WatchEvent<T>>
}
