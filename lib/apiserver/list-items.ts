// An object as an item of its list. Upstream's lists of built-in kinds leave kind and apiVersion out of the items, for
// the list says them already; lists of custom resources keep them.

import type { KubeObject } from '../api/meta.ts'
import { apiVersionOf, type ResourceDefinition } from '../api/resource.ts'
import type { CacheEntry } from '../storage/entry.ts'

/** What a list needs of an entry. */
export type Item = Pick<CacheEntry, 'bytes' | 'object'>

const brace = Buffer.from('{')

/** An entry's bytes as an item, in pieces. Parsed only where kind and apiVersion do not come first. */
export function itemBytes(def: ResourceDefinition): (entry: Item) => readonly Buffer[] {
  if (isCustom(def)) return ({ bytes }) => [bytes]
  const kind = `"kind":${JSON.stringify(def.kind)}`
  const apiVersion = `"apiVersion":${JSON.stringify(apiVersionOf(def))}`
  const heads = [Buffer.from(`{${kind},${apiVersion},`), Buffer.from(`{${apiVersion},${kind},`)]
  return entry => {
    const head = heads.find(one => entry.bytes.compare(one, 0, one.length, 0, one.length) === 0)
    return head ? [brace, entry.bytes.subarray(head.length)] : [Buffer.from(JSON.stringify(itemObject(def)(entry)))]
  }
}

export function itemObject(def: ResourceDefinition): (entry: Item) => object {
  if (isCustom(def)) return ({ object }) => object
  return ({ object }) => {
    const { kind: _, apiVersion: __, ...item }: KubeObject = object
    return item
  }
}

/** Only what a CustomResourceDefinition defines brings a description of its own. */
function isCustom({ openApiSchema }: ResourceDefinition): boolean {
  return openApiSchema !== undefined
}
