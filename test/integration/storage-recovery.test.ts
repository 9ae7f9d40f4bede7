// What a connection cut at the worst moment, and an etcd killed and started again, may do to a watch and to writers:
// nothing but take time.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { connectEtcd } from '../../lib/storage/etcd-kv.ts'
import { type Kv, type KvEvent, Unavailable } from '../../lib/storage/kv.ts'
import { take } from '../../lib/storage/kv-contract.ts'
import { describeWithEtcd, type Etcd, startEtcd } from '../harness/etcd.ts'
import { type CuttableProxy, startCuttableProxy } from '../harness/etcd-proxy.ts'
import { eventually } from '../harness/eventually.ts'

const describe = await describeWithEtcd()

const revisionsOf = (events: KvEvent[]) =>
  events.map(event => (event.type === 'put' ? event.kv.modRevision : event.revision))

const inOrder = (revisions: bigint[]) => revisions.toSorted((a, b) => (a < b ? -1 : 1))

/** `count` puts of different keys, many at a time; the revisions they got. */
async function putMany(kv: Kv, prefix: string, count: number, value = Buffer.from('value')): Promise<bigint[]> {
  const results = await Promise.all(Array.from({ length: count }, (_, i) => kv.put(`${prefix}${i}`, value, 0n)))
  return inOrder(results.map(result => result.revision))
}

describe('a broken connection', () => {
  let etcd: Etcd
  let proxy: CuttableProxy
  let direct: Kv
  let kv: Kv
  let prefix: string
  let controller: AbortController
  let tests = 0

  beforeAll(async () => {
    etcd = await startEtcd()
    direct = connectEtcd(etcd.clientOptions)
  })

  beforeEach(async () => {
    proxy = await startCuttableProxy(etcd.port)
    kv = connectEtcd({ endpoints: [`http://127.0.0.1:${proxy.port}`] })
    prefix = `/test-${++tests}/`
    controller = new AbortController()
  })

  afterEach(async () => {
    controller.abort()
    kv.close()
    await proxy.close()
  })

  afterAll(async () => {
    direct.close()
    await etcd.stop()
  })

  test('during catch-up, again and again, loses and doubles no event', async () => {
    const { revision } = await direct.get(prefix)
    const written = await putMany(direct, prefix, 4000)
    const events: KvEvent[] = []
    proxy.cutAfter(20_000)
    for await (const batch of kv.watch(prefix, revision, controller.signal)) {
      events.push(...batch)
      if (events.length >= written.length) break
      if (proxy.cuts < 6) proxy.cutAfter(20_000 + 13 * proxy.cuts)
    }
    expect(revisionsOf(events)).toEqual(written)
    expect(proxy.cuts).toBeGreaterThanOrEqual(3)
  })

  test('between the fragments of a large response loses and doubles no event', async () => {
    const { revision } = await direct.get(prefix)
    // Far more than the 1.5 MB of one gRPC message of etcd's, so that catching up comes in fragments.
    const written = await putMany(direct, prefix, 40, Buffer.alloc(200_000, 1))
    const events: KvEvent[] = []
    proxy.cutAfter(2_500_000, 4_900_000, 7_300_000)
    let batches = 0
    for await (const batch of kv.watch(prefix, revision, controller.signal)) {
      batches++
      events.push(...batch)
      if (events.length >= written.length) break
    }
    expect(revisionsOf(events)).toEqual(written)
    expect({ cuts: proxy.cuts, batches }).toEqual({ cuts: 3, batches: 1 })
  })

  test('while events come loses and doubles none', async () => {
    const { revision } = await direct.get(prefix)
    const events = take(kv.watch(prefix, revision, controller.signal), 1500)
    const written: bigint[] = []
    for (let round = 0; round < 15; round++) {
      written.push(...(await putMany(direct, `${prefix}${round}-`, 100)))
      proxy.cut()
    }
    expect(revisionsOf(await events)).toEqual(written)
    expect(proxy.cuts).toBeGreaterThan(1)
  })

  test('that is refused for a while delays the events, and loses none', async () => {
    const { revision } = await direct.get(prefix)
    const events = take(kv.watch(prefix, revision, controller.signal), 20)
    const before = await putMany(direct, `${prefix}a`, 10)
    proxy.refuse(true)
    proxy.cut()
    const after = await putMany(direct, `${prefix}b`, 10)
    await expect(kv.put(`${prefix}c`, Buffer.from('1'), 0n)).rejects.toThrow(Unavailable)
    proxy.refuse(false)
    expect(revisionsOf(await events)).toEqual([...before, ...after])
  })

  test('history compacted away meanwhile is said, not skipped', async () => {
    const { revision } = await direct.get(prefix)
    const watching = take(kv.watch(prefix, revision, controller.signal), 1000)
    const first = await putMany(direct, `${prefix}a`, 1)
    proxy.refuse(true)
    proxy.cut()
    await putMany(direct, `${prefix}b`, 10)
    await direct.compact((await direct.get(prefix)).revision)
    proxy.refuse(false)
    await expect(watching).rejects.toThrow('has been compacted')
    expect(first).toHaveLength(1)
  })

  test('in the middle of a transaction is Unavailable, and what happened can be read', async () => {
    await kv.get(prefix)
    proxy.cutAtAnswer()
    await expect(kv.put(`${prefix}a`, Buffer.from('1'), 0n)).rejects.toThrow(Unavailable)
    const { kv: stored } = await kv.get(`${prefix}a`)
    expect(stored?.value.toString()).toBe('1')
    expect(stored?.createRevision).toBe(stored?.modRevision)
  })

  test('is not seen by who reads', async () => {
    await direct.put(`${prefix}a`, Buffer.from('1'), 0n)
    for (let i = 0; i < 5; i++) {
      proxy.cutAtAnswer()
      expect((await kv.get(`${prefix}a`)).kv?.value.toString()).toBe('1')
    }
    expect(proxy.cuts).toBeGreaterThanOrEqual(5)
  })
})

describe('an etcd that is killed', () => {
  let etcd: Etcd
  let kv: Kv
  const controller = new AbortController()

  beforeAll(async () => {
    etcd = await startEtcd()
    kv = connectEtcd(etcd.clientOptions)
  })

  afterAll(async () => {
    controller.abort()
    kv.close()
    await etcd.stop()
  })

  test('keeps what it acknowledged, and its watchers see all of it once, in order', async () => {
    const { revision } = await kv.get('/test/')
    const seen: KvEvent[] = []
    const watching = (async () => {
      for await (const batch of kv.watch('/test/', revision, controller.signal)) seen.push(...batch)
    })()
    const acknowledged = new Map<string, bigint>()
    for (let round = 0; round < 3; round++) {
      const writers = Array.from({ length: 8 }, (_, writer) =>
        writeUntilKilled(kv, `/test/${round}-${writer}-`, acknowledged),
      )
      const before = acknowledged.size
      await eventually(() => acknowledged.size > before + 300)
      await etcd.kill()
      await Promise.all(writers)
      await etcd.restart()
    }

    const { kvs, revision: end } = await kv.list('/test/')
    const stored = new Map(kvs.map(({ key, modRevision }) => [key, modRevision]))
    expect([...acknowledged].filter(([key, at]) => stored.get(key) !== at)).toEqual([])
    await eventually(() => seen.length >= kvs.length)
    expect(revisionsOf(seen)).toEqual(inOrder([...stored.values()]))
    expect(end).toBe(revisionsOf(seen).at(-1))
    controller.abort()
    await watching
  })
})

/** Puts one key after another, noting what was acknowledged, until etcd is gone. */
async function writeUntilKilled(kv: Kv, prefix: string, acknowledged: Map<string, bigint>): Promise<void> {
  for (let i = 0; ; i++) {
    try {
      const result = await kv.put(`${prefix}${i}`, Buffer.from(`${i}`), 0n)
      if (result.ok) acknowledged.set(`${prefix}${i}`, result.revision)
    } catch (error) {
      if (error instanceof Unavailable) return
      throw error
    }
  }
}
