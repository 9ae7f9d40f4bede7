import { expect, test } from '@jest/globals'
import type { CacheEntry } from '../../storage/entry.ts'
import { changeType } from './watch-encoder.ts'

const entry = (label: string) => ({ object: { metadata: { labels: { app: label } } } }) as unknown as CacheEntry
const isWeb = ({ object }: CacheEntry) => object.metadata.labels?.app === 'web'

test.each<[string | undefined, string | undefined, string | undefined]>([
  [undefined, 'web', 'ADDED'],
  [undefined, 'db', undefined],
  ['web', 'web', 'MODIFIED'],
  ['db', 'web', 'ADDED'],
  ['web', 'db', 'DELETED'],
  ['db', 'db', undefined],
  ['web', undefined, 'DELETED'],
  ['db', undefined, undefined],
])('from %p to %p is %p', (before, after, expected) => {
  const change = {
    previous: before === undefined ? undefined : entry(before),
    current: after === undefined ? undefined : entry(after),
  }
  expect(changeType(change, isWeb)).toBe(expected)
})
