import { expect, test } from '@jest/globals'
import type { CacheEntry } from '../storage/entry.ts'
import { emptyTree, Snapshot } from './watch-cache-tree.ts'

test('counts what it would list, from any key on', () => {
  const tree = emptyTree()
  const keys = Array.from({ length: 5000 }, (_, i) => `${i % 3 === 0 ? 'pods' : 'nodes'}/${(i * 7919) % 5000}`)
  for (const key of keys) tree.set(key, { key } as CacheEntry)
  for (const key of keys.slice(0, 1500)) tree.delete(key)
  for (const prefix of ['', 'pods/', 'nodes/', 'nodes/77', 'services/', 'pods/nothing']) {
    const snapshot = new Snapshot(tree, 1n, prefix)
    for (const from of [undefined, 'a', 'nodes/2', 'pods/', 'pods/1\0', 'pods/999', 'z']) {
      expect([prefix, from, snapshot.size(from)]).toEqual([prefix, from, [...snapshot.entries(from)].length])
    }
  }
})

test('counts nothing in nothing', () => {
  expect(new Snapshot(emptyTree(), 1n, 'pods/').size()).toBe(0)
})
