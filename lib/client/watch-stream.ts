// A watch's answer as events: one JSON document a line, an ERROR document thrown.

import type { Readable } from 'node:stream'
import { StatusError } from '../api/errors.ts'
import type { KubeObject } from '../api/meta.ts'
import type { WatchEvent } from '../api/watch.ts'
import { lines } from './lines.ts'

interface RawEvent {
  type: string
  object: KubeObject
}

/** Ends when the server ends the answer. `broken` makes the error for a connection that was lost. */
export async function* watchStream<T extends KubeObject>(
  body: Readable,
  broken: (cause: unknown) => Error,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  try {
    for await (const line of lines(body)) yield eventOf<T>(JSON.parse(line))
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof StatusError ? error : broken(error)
  } finally {
    body.destroy()
  }
}

function eventOf<T extends KubeObject>({ type, object }: RawEvent): WatchEvent<T> {
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: object as T }
    case 'BOOKMARK':
      return { type, resourceVersion: object.metadata.resourceVersion ?? '' }
    case 'ERROR':
      throw StatusError.from(object as object)
    default:
      throw new Error(`a watch event of unknown type "${type}"`)
  }
}
