// GET with ?watch=true: where the stream begins. What it says event by event stands in watch-stream.ts.

import { hasReason, StatusError } from '../../api/errors.ts'
import { inBackground } from '../../util/async.ts'
import type { ApiResponse } from '../chain.ts'
import { asksForWebSocket, framesResponse } from '../http-websocket.ts'
import { type ListOptions, listOptions } from '../list-options.ts'
import { type ResourceHandler, type ResourceRequest, rangeOf } from '../resource-request.ts'
import { type Selection, selectionOf } from '../selection.ts'
import type { Snapshot } from '../watch-cache-tree.ts'
import type { CacheWatcher } from '../watch-cache-watcher.ts'
import { notOlderThan, parseRevision } from './read-revision.ts'
import { errorEvent, eventEncoder } from './watch-encoder.ts'
import { type WatchStart, watchStream } from './watch-stream.ts'

export const watch: ResourceHandler = async r => {
  const options = listOptions(r.request.query, true)
  const selection = selectionOf(r.def, rangeOf(r), r.request.query)
  const { signal, endsAtMs, end } = lifetime(r, options)
  try {
    const start = await startOf(r, options, selection, signal)
    const encoder = eventEncoder(r, selection)
    const batches = watchStream(start, encoder, { clock: r.context.clock, signal, endsAtMs, ...options })
    return await streaming(r, whole(batches, end))
  } catch (error) {
    end()
    // A version that is forgotten, or still to come, is told on the stream, as upstream does: clients look for it there.
    if (hasReason(error, 'Expired', 'Timeout')) return await streaming(r, one([errorEvent(error)]))
    throw error
  }
}

async function streaming(
  { request, context }: ResourceRequest,
  batches: AsyncIterable<Buffer[]>,
): Promise<ApiResponse> {
  if (asksForWebSocket(request)) return framesResponse(request, batches, context.log)
  return { status: 200, headers: { 'content-type': 'application/json' }, body: joined(batches) }
}

/** An object that cannot be shown ends the watch, and says why; nothing of it outlives its end. */
async function* whole(batches: AsyncIterable<Buffer[]>, end: () => void): AsyncIterable<Buffer[]> {
  try {
    yield* batches
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    yield [errorEvent(error)]
  } finally {
    end()
  }
}

/** One write a batch. */
async function* joined(batches: AsyncIterable<Buffer[]>): AsyncIterable<Buffer> {
  for await (const batch of batches) yield batch.length === 1 && batch[0] ? batch[0] : Buffer.concat(batch)
}

async function* one<T>(value: T): AsyncIterable<T> {
  yield value
}

/**
 * Aborted when the client goes, the server stops, the time asked for (else between a half and a whole hour) is over, or
 * the kind is served otherwise than it was.
 */
function lifetime(
  { request, def, context: { clock, config, log, registry } }: ResourceRequest,
  options: ListOptions,
): { signal: AbortSignal; endsAtMs: number; end(): void } {
  const seconds = options.timeoutSeconds ?? 0
  const limitMs = seconds > 0 ? seconds * 1000 : config.minRequestTimeoutMs * (1 + Math.random())
  const over = new AbortController()
  const ended = AbortSignal.any([request.signal, over.signal])
  const timeIsUp = clock.sleep(limitMs, ended).then(
    () => over.abort(),
    () => undefined,
  )
  inBackground(log, 'the end of a watch', timeIsUp)
  const forget = registry.onChange(() => {
    if (registry.find(def.group, def.version, def.plural) !== def) over.abort()
  })
  ended.addEventListener('abort', forget, { once: true })
  return { signal: ended, endsAtMs: clock.now() + limitMs, end: () => over.abort() }
}

/** The snapshot and the watcher are taken in one go, so that nothing falls between them. */
async function startOf(
  { context, request }: ResourceRequest,
  options: ListOptions,
  { prefix }: Selection,
  signal: AbortSignal,
): Promise<WatchStart> {
  const { cache } = context
  const revision = parseRevision(options.resourceVersion)
  const tooSlow = { onOverflow: () => request.cancel(new Error('the client reads too slowly')) }
  const isFromNow = revision === undefined || revision === 0n
  if (isFromNow || options.sendInitialEvents) {
    await notOlderThan(context, revision, request.signal)
    const snapshot = cache.snapshot(prefix)
    const watcher = cache.watch(prefix, snapshot.revision, signal, tooSlow)
    return options.sendInitialEvents === false ? { watcher } : initial(snapshot, watcher, options)
  }
  return { watcher: cache.watch(prefix, revision, signal, tooSlow) }
}

function initial(snapshot: Snapshot, watcher: CacheWatcher, options: ListOptions): WatchStart {
  const isMarked = options.sendInitialEvents === true && options.allowWatchBookmarks
  return { watcher, entries: snapshot.entries(), ...(isMarked ? { initialEventsEnd: snapshot.revision } : {}) }
}
