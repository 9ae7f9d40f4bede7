// Entries in key order, with clones that cost almost nothing: what a list reads while writes go on.

import sortedBtree from 'sorted-btree'
import type { CacheEntry } from '../storage/entry.ts'

const { default: BTree } = sortedBtree

export type EntryTree = InstanceType<typeof BTree<string, CacheEntry>>

export function emptyTree(): EntryTree {
  return new BTree<string, CacheEntry>(undefined, (a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

/**
 * The keys that a prefix stands for, as [from, to). `pods/` and `pods/default/` are all below them, `pods/default/web`
 * is that one key, and '' is everything.
 */
export function keyRange(keyPrefix: string): { from: string; to: string } {
  if (keyPrefix === '') return { from: '', to: '\uffff' }
  return { from: keyPrefix, to: keyPrefix.endsWith('/') ? `${keyPrefix.slice(0, -1)}0` : `${keyPrefix}\0` }
}

/** The prefixes under which a key is watched: every one of `keyRange`'s kinds that holds it. */
export function prefixesOf(key: string): string[] {
  const prefixes = ['', key]
  for (let slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', slash + 1)) {
    prefixes.push(key.slice(0, slash + 1))
  }
  return prefixes
}

/** The library's nodes: a leaf has keys, an inner node the largest key of each child. */
interface TreeNode {
  keys: string[]
  children?: TreeNode[]
}

/** Its own counting goes over every entry, and a page of a list must not cost what the whole list costs. */
function rootOf(tree: EntryTree): TreeNode {
  return (tree as unknown as { _root: TreeNode })._root
}

/** How many keys are less than `key`. */
function countBefore({ keys, children }: TreeNode, key: string): number {
  let count = 0
  for (const [index, largest] of keys.entries()) {
    const child = children?.[index]
    if (largest >= key) return child ? count + countBefore(child, key) : count
    count += child ? countAll(child) : 1
  }
  return count
}

function countAll({ keys, children }: TreeNode): number {
  if (!children) return keys.length
  let count = 0
  for (const child of children) count += countAll(child)
  return count
}

/** Everything under a prefix at one revision. Exact and stable, whatever is written meanwhile. */
export class Snapshot {
  readonly revision: bigint
  readonly #tree: EntryTree
  readonly #from: string
  readonly #to: string

  /** `tree` must not change any more. */
  constructor(tree: EntryTree, revision: bigint, keyPrefix: string) {
    const { from, to } = keyRange(keyPrefix)
    this.#tree = tree
    this.revision = revision
    this.#from = from
    this.#to = to
  }

  /** In key order, beginning at the key `from` (inclusive). */
  *entries(from = this.#from): Generator<CacheEntry, void, undefined> {
    for (const [key, entry] of this.#tree.entries(this.#atLeast(from))) {
      if (key >= this.#to) return
      yield entry
    }
  }

  /** How many entries there are, or how many from the key `from` on. */
  size(from = this.#from): number {
    const root = rootOf(this.#tree)
    return Math.max(0, countBefore(root, this.#to) - countBefore(root, this.#atLeast(from)))
  }

  #atLeast(key: string): string {
    if (key < this.#from) return this.#from
    return key
  }
}
