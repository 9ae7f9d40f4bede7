import { expect, test } from '@jest/globals'
import { FakeClock } from '../util/clock.ts'
import { describeKv } from './kv-contract.ts'
import { MemoryKv } from './memory-kv.ts'

describeKv('MemoryKv', async () => ({ kv: new MemoryKv(), prefix: '/registry/', close: async () => {} }))

test('what has outlived its TTL is deleted, unless it was written again without', async () => {
  const clock = new FakeClock()
  const kv = new MemoryKv({ clock })
  await kv.put('a', Buffer.from('1'), 0n, { ttlSeconds: 60 })
  const kept = await kv.put('b', Buffer.from('1'), 0n, { ttlSeconds: 60 })
  await kv.put('b', Buffer.from('2'), kept.revision)
  await clock.advance(59_999)
  expect((await kv.get('a')).kv).toBeDefined()
  await clock.advance(1)
  expect((await kv.get('a')).kv).toBeUndefined()
  expect((await kv.get('b')).kv).toBeDefined()
})
