// The watch cache on a real etcd: nothing lost, nothing stale, whatever happens to the connection.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { KubeObject } from '../../lib/api/meta.ts'
import { WatchCache } from '../../lib/apiserver/watch-cache.ts'
import type { CacheEvent } from '../../lib/apiserver/watch-cache-event.ts'
import { connectEtcd } from '../../lib/storage/etcd-kv.ts'
import type { Kv } from '../../lib/storage/kv.ts'
import { Store } from '../../lib/storage/store.ts'
import { silentLogger } from '../../lib/util/log.ts'
import { describeWithEtcd, type Etcd, startEtcd } from '../harness/etcd.ts'
import { type CuttableProxy, startCuttableProxy } from '../harness/etcd-proxy.ts'
import { eventually } from '../harness/eventually.ts'

const describe = await describeWithEtcd()

const pod = (name: string, value: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { value } },
})

describe('the watch cache on etcd', () => {
  let etcd: Etcd
  let proxy: CuttableProxy
  let kv: Kv
  let directKv: Kv
  let direct: Store
  let cache: WatchCache
  let controller: AbortController
  let running: Promise<void>
  let prefix: string
  let tests = 0

  beforeAll(async () => {
    etcd = await startEtcd()
    directKv = connectEtcd(etcd.clientOptions)
  })

  beforeEach(async () => {
    proxy = await startCuttableProxy(etcd.port)
    kv = connectEtcd({ endpoints: [`http://127.0.0.1:${proxy.port}`] })
    prefix = `/registry-${++tests}/`
    direct = new Store({ kv: directKv, prefix })
    controller = new AbortController()
    cache = new WatchCache({ kv, prefix, log: silentLogger })
    running = cache.run(controller.signal)
    await cache.ready()
  })

  afterEach(async () => {
    controller.abort()
    await running
    kv.close()
    await proxy.close()
  })

  afterAll(async () => {
    directKv.close()
    await etcd.stop()
  })

  test('a fresh read sees every write that was acknowledged before it', async () => {
    for (let round = 0; round < 20; round++) {
      const keys = Array.from({ length: 50 }, (_, i) => `pods/default/p${round}-${i}`)
      await Promise.all(keys.map(key => direct.create(key, pod('p', 'x'.repeat(5000)))))
      await cache.fresh()
      expect(keys.filter(key => !cache.get(key))).toEqual([])
    }
  })

  test('a fresh read does not hang when only others write', async () => {
    for (let i = 0; i < 5; i++) {
      const { revision } = await directKv.put(`/other-${tests}/${i}`, Buffer.from('1'), 0n)
      expect(await cache.fresh(AbortSignal.timeout(5000))).toBeGreaterThan(revision)
    }
  })

  test('the cache and its watchers follow through cut connections, each change once, in order', async () => {
    const events: CacheEvent[] = []
    const watch = cache.watch('pods/', cache.revision, controller.signal, { maxBuffered: 100_000 })
    const watching = (async () => {
      for await (const batch of watch) events.push(...batch)
    })()
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        Array.from({ length: 100 }, (_, i) => direct.create(`pods/default/r${round}-${i}`, pod('p', '0'))),
      )
      if (round % 2 === 0) proxy.cut()
      else proxy.cutAfter(5000 + round)
      const key = `pods/default/r${round}-0`
      await direct.update(key, () => pod('p', '1'))
      await direct.delete(key, (await direct.get(key))?.revision ?? 0n)
    }
    await cache.fresh()
    const stored = await direct.list('pods/')
    expect([...cache.snapshot('pods/').entries()].map(entry => [entry.key, entry.revision])).toEqual(
      stored.entries.map(entry => [entry.key, entry.revision]),
    )
    controller.abort()
    await watching
    const revisions = events.map(event => event.revision)
    expect(revisions).toHaveLength(10 * 102)
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => (a < b ? -1 : 1)))
    expect(proxy.cuts).toBeGreaterThanOrEqual(5)
  })

  test('history that went while the connection was down is listed again', async () => {
    await direct.create('pods/default/gone', pod('gone', '1'))
    await cache.fresh()
    const watch = cache.watch('pods/', cache.revision, controller.signal)
    const end = watch.next()
    proxy.refuse(true)
    proxy.cut()
    await direct.delete('pods/default/gone', (await direct.get('pods/default/gone'))?.revision ?? 0n)
    const created = await direct.create('pods/default/new', pod('new', '1'))
    await directKv.compact(created.ok ? created.entry.revision : 0n)
    proxy.refuse(false)
    expect(await end).toMatchObject({ done: true })
    await cache.fresh()
    expect([...cache.snapshot('pods/').entries()].map(entry => entry.key)).toEqual(['pods/default/new'])
  })

  test('an etcd restored to an earlier revision is noticed, and what it has is served', async () => {
    for (let i = 0; i < 20; i++) await direct.create(`pods/default/p${i}`, pod(`p${i}`, '1'))
    const before = await cache.fresh()
    const end = cache.watch('pods/', before, controller.signal).next()
    const restored = await startEtcd()
    const restoredKv = connectEtcd(restored.clientOptions)
    const older = new Store({ kv: restoredKv, prefix })
    try {
      await older.create('pods/default/p0', pod('p0', '0'))
      proxy.passTo(restored.port)
      expect(await end).toMatchObject({ done: true })
      await eventually(() => cache.revision < before)
      await cache.fresh()
      expect([...cache.snapshot('pods/').entries()].map(entry => entry.key)).toEqual(['pods/default/p0'])
      // Who goes on from what never was must list again.
      expect(() => cache.watch('pods/', before, controller.signal)).toThrow('too old resource version')
      const next = cache.watch('pods/', cache.revision, controller.signal).next()
      await older.create('pods/default/p1', pod('p1', '1'))
      expect((await next).value).toMatchObject([{ key: 'pods/default/p1' }])
    } finally {
      restoredKv.close()
      await restored.stop()
    }
  })
})
