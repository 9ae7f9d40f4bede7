// A short mark of the version that objects of a kind are stored in: two servers that tell the same one may share a store.

import { createHash } from 'node:crypto'
import type { ResourceDefinition } from '../api/resource.ts'
import { allVerbs } from './group-versions.ts'

const known = new WeakMap<ResourceDefinition, string>()

/** undefined for kinds that are not stored. */
export function storageVersionHash(def: ResourceDefinition): string | undefined {
  if (!(def.verbs ?? allVerbs).includes('watch')) return undefined
  const hash = known.get(def) ?? hashOf(def)
  known.set(def, hash)
  return hash
}

function hashOf({ group, version, kind, storage }: ResourceDefinition): string {
  const text = `${storage?.group ?? group}/${storage?.version ?? version}/${kind}`
  return createHash('sha256').update(text).digest().subarray(0, 8).toString('base64')
}
