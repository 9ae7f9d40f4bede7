// The objects of a definition that is being deleted go first, each as if somebody had deleted it: who keeps one by a
// finalizer keeps the definition too.

import { hasReason } from '../api/errors.ts'
import { storageKey } from '../api/resource.ts'
import { storedKind } from '../kinds/apiextensions/custom-kind.ts'
import type { CustomResourceDefinition } from '../kinds/apiextensions/custom-resource-definition.ts'
import type { CacheEntry } from '../storage/entry.ts'
import type { WriteContext } from './admission-run.ts'
import type { ServerContext } from './context.ts'
import { serverUser } from './crd-status.ts'
import { deleteObject } from './handlers/delete.ts'

const workers = 8

/** Resolves when there are none left. */
export async function removeInstances(
  context: ServerContext,
  crd: CustomResourceDefinition,
  signal: AbortSignal,
): Promise<void> {
  const def = storedKind(crd)
  if (!def) return
  const { cache } = context
  const prefix = storageKey(def)
  const write = { def, subresource: '', user: serverUser, dryRun: false, warnings: [] }
  await cache.fresh(signal)
  for (;;) {
    const snapshot = cache.snapshot(prefix)
    if (snapshot.size() === 0) return
    const pending = [...snapshot.entries()].filter(entry => !entry.object.metadata.deletionTimestamp).values()
    await Promise.all(Array.from({ length: workers }, () => deleteEach(context, write, pending, signal)))
    await anyChange(context, prefix, snapshot.revision, signal)
  }
}

async function deleteEach(
  context: ServerContext,
  write: WriteContext,
  entries: Iterable<CacheEntry>,
  signal: AbortSignal,
): Promise<void> {
  for (const entry of entries) {
    signal.throwIfAborted()
    const { name = '', namespace } = entry.object.metadata
    try {
      await deleteObject(context, write, { name, ...(namespace ? { namespace } : {}) }, { dryRun: false })
    } catch (error) {
      // Somebody else was faster.
      if (!hasReason(error, 'NotFound')) throw error
    }
  }
}

/** Resolves with the next change below a prefix after a revision. */
async function anyChange(
  { cache }: ServerContext,
  prefix: string,
  revision: bigint,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController()
  const watcher = cache.watch(prefix, revision, AbortSignal.any([signal, over.signal]))
  try {
    await watcher.next()
    signal.throwIfAborted()
  } finally {
    over.abort()
  }
}
