// Owner references that are there twice: only the first counts, and the client is told.

import type { KubeObject, OwnerReference } from '../api/meta.ts'

/** Those with one uid that say something else stay. `warnings` is added to. */
export function dropDuplicateOwners(
  { metadata }: KubeObject,
  warnings: string[],
  when: 'before admission' | 'after admission',
): void {
  const { ownerReferences: references = [] } = metadata
  if (references.length < 2) return
  const kept = new Map<string, OwnerReference>()
  const duplicates: string[] = []
  for (const reference of references) {
    const identity = identityOf(reference)
    if (kept.has(identity)) duplicates.push(reference.uid)
    else kept.set(identity, reference)
  }
  if (duplicates.length === 0) return
  metadata.ownerReferences = [...kept.values()]
  const after = when === 'after admission' ? ' after mutating admission happens' : ''
  warnings.push(
    `.metadata.ownerReferences contains duplicate entries${after}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${duplicates.join(', ')}`,
  )
}

/** All that it says: there may be too many to compare each with each. */
function identityOf({ apiVersion, kind, name, uid, controller, blockOwnerDeletion }: OwnerReference): string {
  return JSON.stringify([apiVersion, kind, name, uid, controller, blockOwnerDeletion])
}
