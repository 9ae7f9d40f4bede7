// DELETE of a collection: everything that the selectors leave, each by the same way as alone.

import { hasReason } from '../../api/errors.ts'
import type { CacheEntry } from '../../storage/entry.ts'
import type { WriteContext } from '../admission-run.ts'
import { answerList } from '../answer.ts'
import { type DeleteOptions, readDeleteOptions } from '../delete-options.ts'
import { listOptions } from '../list-options.ts'
import { type ResourceHandler, type ResourceRequest, rangeOf } from '../resource-request.ts'
import { selectionOf } from '../selection.ts'
import { viewAs } from '../served-entry.ts'
import { deleteObject } from './delete.ts'

const workers = 8

export const deleteCollection: ResourceHandler = async r => {
  const { request, def, context } = r
  listOptions(request.query, false)
  const { prefix, matches } = selectionOf(def, rangeOf(r), request.query)
  const options = await readDeleteOptions(request)
  await context.cache.fresh(request.signal)
  const snapshot = context.cache.snapshot(prefix)
  const entries = [...viewAs(def, snapshot).entries()].filter(entry => !matches || matches(entry.object))
  const write = { def, subresource: '', user: request.user, dryRun: options.dryRun, warnings: request.warnings }
  const queue = entries.values()
  await Promise.all(Array.from({ length: workers }, () => work(r, write, queue, options)))
  return answerList(r, entries, { resourceVersion: `${snapshot.revision}` })
}

async function work(
  { context, request }: ResourceRequest,
  write: WriteContext,
  queue: Iterator<CacheEntry> & Iterable<CacheEntry>,
  options: DeleteOptions,
): Promise<void> {
  for (const entry of queue) {
    // Whoever was answered, or has gone, does not expect more to go.
    request.signal.throwIfAborted()
    const { name = '', namespace } = entry.object.metadata
    try {
      await deleteObject(context, write, { name, ...(namespace ? { namespace } : {}) }, options)
    } catch (error) {
      // Somebody else was faster.
      if (!hasReason(error, 'NotFound')) throw error
    }
  }
}
