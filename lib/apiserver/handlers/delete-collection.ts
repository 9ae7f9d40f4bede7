// DELETE of a collection: what a list with the same query would show, each by the same way as alone.

import { hasReason } from '../../api/errors.ts'
import type { CacheEntry } from '../../storage/entry.ts'
import type { WriteContext } from '../admission-run.ts'
import { answerList } from '../answer.ts'
import { type DeleteOptions, readDeleteOptions } from '../delete-options.ts'
import type { ResourceHandler, ResourceRequest } from '../resource-request.ts'
import { deleteObject } from './delete.ts'
import { listPage } from './list.ts'

const workers = 8

export const deleteCollection: ResourceHandler = async r => {
  const { request, def } = r
  const page = await listPage(r)
  const entries = [...page.entries]
  const options = await readDeleteOptions(request)
  const write = { def, subresource: '', user: request.user, dryRun: options.dryRun, warnings: request.warnings }
  const queue = entries.values()
  await Promise.all(Array.from({ length: workers }, () => work(r, write, queue, options)))
  return answerList(r, entries, page.metadata)
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
