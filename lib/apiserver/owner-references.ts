// Owner references that are there twice: only the first counts, and the client is told.

import type { KubeObject, OwnerReference } from '../api/meta.ts'
import { jsonEqual } from '../util/json-equal.ts'

/** Those with one uid that say something else stay. `warnings` is added to. */
export function dropDuplicateOwners(
  { metadata }: KubeObject,
  warnings: string[],
  when: 'before admission' | 'after admission',
): void {
  const { ownerReferences: references = [] } = metadata
  if (references.length < 2) return
  const kept: OwnerReference[] = []
  const duplicates: string[] = []
  for (const reference of references) {
    if (kept.some(other => jsonEqual(other, reference))) duplicates.push(reference.uid)
    else kept.push(reference)
  }
  if (duplicates.length === 0) return
  metadata.ownerReferences = kept
  const after = when === 'after admission' ? ' after mutating admission happens' : ''
  warnings.push(
    `.metadata.ownerReferences contains duplicate entries${after}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${duplicates.join(', ')}`,
  )
}
