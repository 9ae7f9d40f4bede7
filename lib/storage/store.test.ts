import { beforeEach, describe, expect, test } from '@jest/globals'
import type { KubeObject } from '../api/meta.ts'
import { FakeClock } from '../util/clock.ts'
import type { CacheEntry } from './entry.ts'
import { MemoryKv } from './memory-kv.ts'
import { Store } from './store.ts'

const key = 'pods/default/a'

const pod = (value: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', labels: { value } },
})

const labelOf = (entry: CacheEntry | undefined) => entry?.object.metadata.labels?.value

let clock: FakeClock
let kv: MemoryKv
let store: Store

beforeEach(() => {
  clock = new FakeClock()
  kv = new MemoryKv({ clock })
  store = new Store({ kv, prefix: '/registry/' })
})

async function create(value: string): Promise<CacheEntry> {
  const result = await store.create(key, pod(value))
  if (!result.ok) throw new Error('it exists')
  return result.entry
}

test('a created object is stored under the prefix and answered with its resourceVersion', async () => {
  const entry = await create('1')
  expect(entry.object.metadata.resourceVersion).toBe(`${entry.revision}`)
  expect((await kv.get(`/registry/${key}`)).kv?.modRevision).toBe(entry.revision)
  expect(await store.get(key)).toMatchObject({ key, revision: entry.revision, object: entry.object })
  expect(await store.get('pods/default/b')).toBeUndefined()
})

test('creating what exists answers what stands there', async () => {
  const entry = await create('1')
  const result = await store.create(key, pod('2'))
  expect(result).toMatchObject({ ok: false, existing: { revision: entry.revision, object: entry.object } })
})

describe('an update', () => {
  test('writes what the change makes of the object', async () => {
    const { revision } = await create('1')
    const entry = await store.update(key, current => pod(`${current.metadata.labels?.value}+`))
    expect(labelOf(entry)).toBe('1+')
    expect(entry?.revision).toBeGreaterThan(revision)
  })

  test('of nothing is undefined, whatever the cache said', async () => {
    const cached = await create('1')
    await store.delete(key, cached.revision)
    let calls = 0
    const change = () => pod(`${calls++}`)
    expect(await store.update(key, change)).toBeUndefined()
    expect(calls).toBe(0)
    expect(await store.update(key, change, { cached })).toBeUndefined()
  })

  test('that begins with a stale object runs again on the current one, without another read', async () => {
    const cached = await create('1')
    await store.update(key, () => pod('2'))
    let reads = 0
    const get = kv.get.bind(kv)
    kv.get = (...args) => {
      reads++
      return get(...args)
    }
    const seen: string[] = []
    const change = (current: KubeObject) => {
      seen.push(`${current.metadata.labels?.value}`)
      return pod('3')
    }
    expect(labelOf(await store.update(key, change, { cached }))).toBe('3')
    expect(seen).toEqual(['1', '2'])
    expect(reads).toBe(0)
  })

  test('that changes nothing writes nothing, and answers what is there now', async () => {
    const cached = await create('1')
    const { revision } = (await store.update(key, () => pod('2'))) ?? {}
    const before = (await kv.get(key)).revision
    expect(await store.update(key, (_, entry) => entry.copy(), { cached })).toMatchObject({ revision })
    expect((await kv.get(key)).revision).toBe(before)
  })

  test('that only puts members in another order writes nothing', async () => {
    await create('1')
    const before = (await kv.get(key)).revision
    const reversed = <T extends object>(object: T) => Object.fromEntries(Object.entries(object).reverse()) as T
    await store.update(
      key,
      ({ metadata, ...rest }) => ({ ...reversed(rest), metadata: reversed(metadata) }) as KubeObject,
    )
    expect((await kv.get(key)).revision).toBe(before)
  })

  test('that fails on a stale object is decided on the current one', async () => {
    const cached = await create('1')
    await store.update(key, () => pod('2'))
    const change = (current: KubeObject) => {
      if (current.metadata.labels?.value === '1') throw new Error('not from 1')
      return pod('3')
    }
    expect(labelOf(await store.update(key, change, { cached }))).toBe('3')
  })

  test('that fails on the current object fails', async () => {
    const cached = await create('1')
    const change = () => {
      throw new Error('never')
    }
    await expect(store.update(key, change)).rejects.toThrow('never')
    await expect(store.update(key, change, { cached })).rejects.toThrow('never')
  })

  test('by many at once loses none', async () => {
    const cached = await create('0')
    const increment = (current: KubeObject) => pod(`${Number(current.metadata.labels?.value) + 1}`)
    await Promise.all(Array.from({ length: 20 }, () => store.update(key, increment, { cached })))
    expect(labelOf(await store.get(key))).toBe('20')
  })
})

test('a delete is of the expected revision alone', async () => {
  const first = await create('1')
  const second = await store.update(key, () => pod('2'))
  expect(await store.delete(key, first.revision)).toMatchObject({ ok: false, current: { revision: second?.revision } })
  expect(await store.delete(key, second?.revision ?? 0n)).toMatchObject({ ok: true })
  expect(await store.delete(key, second?.revision ?? 0n)).toEqual({ ok: false })
})

test('an object with a TTL goes by itself', async () => {
  await store.create(key, pod('1'), { ttlSeconds: 10 })
  await clock.advance(10_000)
  expect(await store.get(key)).toBeUndefined()
})

test('a list comes in pages, at one revision', async () => {
  for (let i = 0; i < 5; i++) await store.create(`pods/default/p${i}`, pod(`${i}`))
  const first = await store.list('pods/', { limit: 2 })
  expect(first).toMatchObject({ remaining: 3, entries: [{ key: 'pods/default/p0' }, { key: 'pods/default/p1' }] })
  await store.create('pods/default/p9', pod('9'))
  const startKey = `${first.entries.at(-1)?.key}\0`
  const second = await store.list('pods/', { startKey, revision: first.revision })
  expect(second.entries.map(labelOf)).toEqual(['2', '3', '4'])
  expect(second).toMatchObject({ remaining: 0, revision: first.revision })
})
