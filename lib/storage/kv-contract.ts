// What every Kv must do, as a suite that MemoryKv and etcd both pass.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Compacted, type Kv, type KvEvent, Rewound } from './kv.ts'

export interface KvUnderTest {
  kv: Kv
  /** A prefix nobody else writes under. */
  prefix: string
  close(): Promise<void>
}

const bytes = (text: string) => Buffer.from(text)

/** A change in a line: `put a=1 @5 (was 0)`. */
export function describeEvent(event: KvEvent, prefix = ''): string {
  const was = event.previous ? ` (was ${event.previous.value})` : ''
  if (event.type === 'delete') return `delete ${event.key.slice(prefix.length)} @${event.revision}${was}`
  const { key, value, modRevision } = event.kv
  return `put ${key.slice(prefix.length)}=${value} @${modRevision}${was}`
}

/** The first `count` events of a watch. */
export async function take(watch: AsyncIterable<KvEvent[]>, count: number): Promise<KvEvent[]> {
  const events: KvEvent[] = []
  for await (const batch of watch) {
    events.push(...batch)
    if (events.length >= count) break
  }
  return events
}

export function describeKv(name: string, start: () => Promise<KvUnderTest>): void {
  describe(`${name} as Kv`, () => {
    let kv: Kv
    let prefix: string
    let under: KvUnderTest
    let controller: AbortController

    beforeEach(async () => {
      under = await start()
      kv = under.kv
      prefix = under.prefix
      controller = new AbortController()
    })

    afterEach(async () => {
      controller.abort()
      await under.close()
    })

    async function write(key: string, value: string, expected?: bigint): Promise<bigint> {
      const at = expected ?? (await kv.get(prefix + key)).kv?.modRevision ?? 0n
      const result = await kv.put(prefix + key, bytes(value), at)
      if (!result.ok) throw new Error(`${key} is at ${result.current?.modRevision}, not ${at}`)
      return result.revision
    }

    const watch = (from: bigint) => kv.watch(prefix, from, controller.signal)

    test('what is put is read, at the revision that the put answered', async () => {
      const created = await write('a', 'one')
      const revision = await write('a', 'two', created)
      const read = await kv.get(`${prefix}a`)
      expect(read.kv).toEqual({
        key: `${prefix}a`,
        value: bytes('two'),
        modRevision: revision,
        createRevision: created,
      })
      expect(read.revision).toBeGreaterThanOrEqual(revision)
      expect(revision).toBeGreaterThan(created)
    })

    test('an absent key is read as absent, with the revision', async () => {
      const revision = await write('a', 'one')
      const read = await kv.get(`${prefix}b`)
      expect(read.kv).toBeUndefined()
      expect(read.revision).toBeGreaterThanOrEqual(revision)
    })

    test.each([
      { what: 'creating what exists', expected: () => 0n },
      { what: 'writing over an older revision', expected: (revision: bigint) => revision - 1n },
      { what: 'writing over a revision still to come', expected: (revision: bigint) => revision + 1n },
    ])('$what changes nothing and answers what stands there', async ({ expected }) => {
      const revision = await write('a', 'one')
      const result = await kv.put(`${prefix}a`, bytes('two'), expected(revision))
      expect(result).toMatchObject({ ok: false, current: { value: bytes('one'), modRevision: revision } })
      expect(await kv.delete(`${prefix}a`, expected(revision))).toMatchObject({
        ok: false,
        current: { modRevision: revision },
      })
      expect((await kv.get(`${prefix}a`)).kv?.value).toEqual(bytes('one'))
    })

    test('writing over what is gone answers that nothing stands there', async () => {
      const revision = await write('a', 'one')
      expect(await kv.delete(`${prefix}a`, revision)).toMatchObject({ ok: true })
      const result = await kv.put(`${prefix}a`, bytes('two'), revision)
      expect(result.ok).toBe(false)
      expect(result).not.toHaveProperty('current')
      expect(await kv.delete(`${prefix}a`, revision)).toMatchObject({ ok: false })
    })

    test('of writers over the same revision one wins', async () => {
      const revision = await write('a', 'one')
      const results = await Promise.all([1, 2, 3, 4, 5].map(n => kv.put(`${prefix}a`, bytes(`${n}`), revision)))
      expect(results.filter(result => result.ok)).toHaveLength(1)
    })

    test('a key created again has a new create revision', async () => {
      const first = await write('a', 'one')
      await kv.delete(`${prefix}a`, first)
      const second = await write('a', 'two', 0n)
      expect((await kv.get(`${prefix}a`)).kv).toMatchObject({ createRevision: second, modRevision: second })
    })

    test('values are bytes, and may be empty or large', async () => {
      const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
      const values = [all, Buffer.alloc(0), Buffer.alloc(1_000_000, 7)]
      for (const [i, value] of values.entries()) await kv.put(`${prefix}${i}`, value, 0n)
      const { kvs } = await kv.list(prefix)
      expect(kvs.map(entry => entry.value.equals(values[Number(entry.key.slice(prefix.length))] ?? all))).toEqual([
        true,
        true,
        true,
      ])
    })

    test('a list is in key order, and of the prefix alone', async () => {
      for (const key of ['pods/b', 'pods/a', 'podsecurity/x', 'nodes/n', 'pods/a-1']) await write(key, key)
      const { kvs, count } = await kv.list(`${prefix}pods/`)
      expect(kvs.map(entry => entry.key.slice(prefix.length))).toEqual(['pods/a', 'pods/a-1', 'pods/b'])
      expect(count).toBe(3)
    })

    test('pages of a list are of one revision, whatever is written meanwhile', async () => {
      for (let i = 0; i < 7; i++) await write(`k${i}`, 'old')
      const first = await kv.list(prefix, { limit: 3 })
      expect(first).toMatchObject({ count: 7 })
      await write('k5', 'new')
      await write('k35', 'new')
      await kv.delete(`${prefix}k6`, (await kv.get(`${prefix}k6`)).kv?.modRevision ?? 0n)
      const startKey = `${first.kvs.at(-1)?.key}\0`
      const rest = await kv.list(prefix, { startKey, revision: first.revision })
      expect(rest.kvs.map(entry => `${entry.key.slice(prefix.length)}=${entry.value}`)).toEqual([
        'k3=old',
        'k4=old',
        'k5=old',
        'k6=old',
      ])
      expect(rest.count).toBe(4)
    })

    test('a list without a limit is whole, however long', async () => {
      const keys = Array.from({ length: 2500 }, (_, i) => `k${`${i}`.padStart(5, '0')}`)
      await Promise.all(keys.map(key => kv.put(prefix + key, bytes(key), 0n)))
      const { kvs, count } = await kv.list(prefix)
      expect(kvs.map(entry => entry.key.slice(prefix.length))).toEqual(keys)
      expect(count).toBe(2500)
    })

    test('a revision that was compacted away cannot be listed', async () => {
      const old = await write('a', 'one')
      const revision = await write('a', 'two')
      await kv.compact(revision)
      await expect(kv.list(prefix, { revision: old })).rejects.toThrow(Compacted)
      expect((await kv.list(prefix, { revision })).kvs).toHaveLength(1)
    })

    test('a watch tells every change after its revision, with what was there before', async () => {
      const start = await write('a', '1')
      const second = await write('b', '2')
      const third = await write('a', '3')
      const deletion = await kv.delete(`${prefix}a`, third)
      const again = await write('a', '4')
      const events = await take(watch(start), 4)
      expect(events.map(event => describeEvent(event, prefix))).toEqual([
        `put b=2 @${second}`,
        `put a=3 @${third} (was 1)`,
        `delete a @${deletion.revision} (was 3)`,
        `put a=4 @${again}`,
      ])
    })

    test('a watch tells what happens while it runs', async () => {
      const start = await write('a', '0')
      const events = take(watch(start), 3)
      const revisions = [await write('b', '1'), await write('c', '2'), await write('d', '3')]
      expect((await events).map(event => describeEvent(event, prefix))).toEqual([
        `put b=1 @${revisions[0]}`,
        `put c=2 @${revisions[1]}`,
        `put d=3 @${revisions[2]}`,
      ])
    })

    test('a watch may do without what was there before', async () => {
      const start = await write('a', '1')
      await write('a', '2')
      const [put] = await take(kv.watch(prefix, start, controller.signal, { withoutPrevious: true }), 1)
      expect(put).toMatchObject({ type: 'put', kv: { value: bytes('2') } })
    })

    test('a watch from a revision still to come is refused', async () => {
      const now = await write('a', '1')
      await expect(take(watch(now + 5n), 1)).rejects.toThrow(Rewound)
    })

    test('a watch tells of its prefix alone', async () => {
      const start = await write('pods/a', '0')
      for (const key of ['podsecurity/b', 'nodes/c', 'pods/d']) await write(key, '1')
      const [event] = await take(kv.watch(`${prefix}pods/`, start, controller.signal), 1)
      expect(event && describeEvent(event, prefix)).toMatch(/^put pods\/d=1 /)
    })

    test('a watch begun with thousands of changes behind tells each once, in order', async () => {
      const start = await write('first', '0')
      const total = 3000
      const results = await Promise.all(
        Array.from({ length: total }, (_, i) => kv.put(`${prefix}k${i}`, bytes(`${i}`), 0n)),
      )
      const events = await take(watch(start), total)
      const revisions = events.map(event => (event.type === 'put' ? event.kv.modRevision : event.revision))
      expect(revisions).toEqual(results.map(result => result.revision).sort((a, b) => (a < b ? -1 : 1)))
    })

    test('a watch whose beginning was compacted away says so', async () => {
      const old = await write('a', '1')
      await write('a', '2')
      const revision = await write('a', '3')
      await kv.compact(revision)
      await expect(take(watch(old), 1)).rejects.toThrow(Compacted)
    })

    test('a watch from the compacted revision itself has lost nothing', async () => {
      await write('a', '1')
      const revision = await write('a', '2')
      await kv.compact(revision)
      const next = await write('a', '3')
      expect((await take(watch(revision), 1)).map(event => describeEvent(event, prefix))).toEqual([
        `put a=3 @${next} (was 2)`,
      ])
    })

    test('a watch from before a deletion at which history was compacted does not lose it unsaid', async () => {
      const revision = await write('a', '1')
      await kv.delete(`${prefix}a`, revision)
      await kv.compact((await kv.get(prefix)).revision)
      await write('b', '1')
      await expect(take(watch(revision), 1)).rejects.toThrow(Compacted)
    })

    test('a watch ends when its signal is aborted', async () => {
      const start = await write('a', '1')
      const all = take(watch(start), 1000)
      await write('a', '2')
      controller.abort()
      expect((await all).length).toBeLessThan(2)
    })

    test('reading with an aborted signal rejects', async () => {
      controller.abort()
      await expect(kv.get(`${prefix}a`, controller.signal)).rejects.toThrow()
      await expect(kv.list(prefix, {}, controller.signal)).rejects.toThrow()
    })

    test('a value with a TTL is there until its time', async () => {
      await kv.put(`${prefix}a`, bytes('short'), 0n, { ttlSeconds: 3600 })
      expect((await kv.get(`${prefix}a`)).kv?.value).toEqual(bytes('short'))
    })
  })
}
