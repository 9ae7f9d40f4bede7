// Watching while everything moves: writers on two API servers over one etcd, whose connections are cut; watchers over
// every transport that go away and come back from where they were. Each must have seen exactly what etcd says happened.
//
// BINNACLE_CHURN_WRITES and BINNACLE_CHURN_SECONDS make it as long as wanted; the seed is in the test's name.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { connectEtcd } from '../../lib/storage/etcd-kv.ts'
import type { Kv, KvEvent } from '../../lib/storage/kv.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd, type Etcd, startEtcd } from '../harness/etcd.ts'
import { type CuttableProxy, startCuttableProxy } from '../harness/etcd-proxy.ts'
import { type Transport, transports, watchOver } from '../harness/watch-client.ts'

const describe = await describeWithEtcd()
const writes = Number(process.env.BINNACLE_CHURN_WRITES ?? 4000)
const seconds = Number(process.env.BINNACLE_CHURN_SECONDS ?? 0)
const seed = Number(process.env.BINNACLE_CHURN_SEED ?? Math.floor(Math.random() * 1e9))
const timeoutMs = 120_000 + seconds * 2000
const watchers = 10
/** In a row: some seconds of refusals, longer than a cut connection to etcd takes. */
const maxFailures = 500
const writers = 8
const names = 100
const maps = '/api/v1/namespaces/churn/configmaps'
const prefix = '/registry/configmaps/churn/'
const last = 'the-last'

/** A small generator of numbers in [0, 1), so that a run can be repeated. */
function randomFrom(state: number): () => number {
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

interface Stored {
  metadata: { name: string; labels?: Record<string, string> }
  data: { serial: string }
}

/** What an event says, in one line. */
function said(type: string, { metadata, data }: Stored, revision: bigint | string): string {
  return `${type} ${metadata.name} at ${revision}: ${data.serial}`
}

interface Watcher {
  transport: Transport
  api: TestApiServer
  /** Sees only red ones. */
  isPicky: boolean
  /** Leaves after so many events, on average; 0: only when its time is over. */
  leavesAfter: number
  seen: string[]
  /** What it had seen when a bookmark said that this was all up to a revision. */
  bookmarks: { revision: bigint; count: number }[]
  connections: number
}

describe(`watching under churn, seed ${seed}`, () => {
  let etcd: Etcd
  let proxy: CuttableProxy
  let kv: Kv
  let apis: TestApiServer[]
  let stop: AbortController

  beforeAll(async () => {
    etcd = await startEtcd()
    kv = connectEtcd(etcd.clientOptions)
    proxy = await startCuttableProxy(etcd.port)
    const cuttable = { endpoints: [`http://127.0.0.1:${proxy.port}`] }
    const first = await startApiServer({ etcd })
    apis = [first, await startApiServer({ etcdOptions: cuttable })]
    await first.ask('POST', '/api/v1/namespaces', { body: { metadata: { name: 'churn' } } })
    stop = new AbortController()
  })
  afterAll(async () => {
    stop.abort()
    for (const api of apis) await api.stop()
    await proxy.close()
    kv.close()
    await etcd.stop()
  })

  const apiOf = (n: number) => apis[n % apis.length] as TestApiServer

  test(
    'every watcher sees every change once, in the order of etcd',
    async () => {
      const random = randomFrom(seed)
      const start = (await apiOf(0).ask('GET', maps)).json.metadata.resourceVersion as string
      const truth = recordTruth(start)
      const all = Array.from({ length: watchers }, (_, i) => newWatcher(i))
      const following = all.map(watcher => follow(watcher, start, randomFrom(seed + watcher.connections)))
      await write(random)
      await following.reduce((before, each) => before.then(() => each), Promise.resolve())
      const events = await truth

      expect(events.length).toBeGreaterThan(writes / 2)
      expect(proxy.cuts).toBeGreaterThan(4)
      for (const watcher of all) {
        const expected = expectedOf(events, watcher.isPicky)
        expect(watcher.seen).toEqual(expected.map(({ line }) => line))
        for (const { revision, count } of watcher.bookmarks) {
          expect(expected.filter(event => event.revision <= revision).length).toBe(count)
        }
      }
      expect(all.filter(({ connections }) => connections > 3).length).toBeGreaterThanOrEqual(watchers / 2)
      expect(all.flatMap(({ bookmarks }) => bookmarks).length).toBeGreaterThan(0)
    },
    timeoutMs,
  )

  function newWatcher(i: number): Watcher {
    return {
      transport: transports[i % transports.length] ?? 'HTTP/2',
      api: apiOf(i),
      isPicky: i >= 6,
      leavesAfter: i % 2 === 0 ? 150 : 0,
      seen: [],
      bookmarks: [],
      connections: 0,
    }
  }

  /** Watches, again and again from where it was, until it has seen the last object. */
  async function follow(watcher: Watcher, start: string, random: () => number): Promise<void> {
    let version = start
    const selector = watcher.isPicky ? '&labelSelector=color=red' : ''
    let failures = 0
    while (!stop.signal.aborted) {
      watcher.connections++
      const path = `${maps}?watch=true&allowWatchBookmarks=true&timeoutSeconds=3&resourceVersion=${version}${selector}`
      const leavesAt = watcher.seen.length + watcher.leavesAfter * 2 * random()
      try {
        for await (const { type, object } of watchOver(watcher.transport, watcher.api, path)) {
          failures = 0
          version = object.metadata?.resourceVersion ?? ''
          if (type === 'BOOKMARK') watcher.bookmarks.push({ revision: BigInt(version), count: watcher.seen.length })
          else watcher.seen.push(said(type, object as unknown as Stored, version))
          if (object.metadata?.name === last) return
          if (watcher.leavesAfter > 0 && watcher.seen.length >= leavesAt) break
        }
      } catch (error) {
        // Broken off, it comes back like one that left; but a server that goes on refusing is what the test must tell.
        if (++failures === maxFailures) throw error
        await new Promise(resolve => setTimeout(resolve, 10))
      }
    }
  }

  /** Some fail, when the connection to etcd breaks: whether they happened, etcd knows. */
  async function write(random: () => number): Promise<void> {
    let serial = 0
    const began = performance.now()
    const writer = async () => {
      while (serial < writes) {
        const n = ++serial
        const dueMs = began + (seconds * 1000 * n) / writes - performance.now()
        if (dueMs > 5) await new Promise(resolve => setTimeout(resolve, dueMs))
        if (n % Math.ceil(writes / 12) === 0) n % 2 ? proxy.cut() : proxy.cutAfter(Math.floor(random() * 5000))
        await writeOne(n, random)
      }
    }
    await Promise.all(Array.from({ length: writers }, writer))
    proxy.cutAfter()
    const body = { metadata: { name: last, labels: { color: 'red' } }, data: { serial: 'last' } }
    expect((await apiOf(0).ask('POST', maps, { body })).status).toBe(201)
  }

  async function writeOne(n: number, random: () => number): Promise<void> {
    const name = `c${Math.floor(random() * names)}`
    const color = random() < 0.5 ? 'red' : 'blue'
    const body = { metadata: { name, labels: { color } }, data: { serial: `${n}` } }
    const api = apiOf(Math.floor(random() * 100))
    const what = random()
    if (what < 0.2) await api.ask('DELETE', `${maps}/${name}`)
    else if (what < 0.5) await api.ask('POST', maps, { body })
    else await api.ask('PUT', `${maps}/${name}`, { body })
  }

  /** What happened, as etcd tells it without an API server between. */
  async function recordTruth(start: string): Promise<KvEvent[]> {
    const events: KvEvent[] = []
    for await (const batch of kv.watch(prefix, BigInt(start), stop.signal)) {
      events.push(...batch)
      if (batch.some(event => event.type === 'put' && event.kv.key === prefix + last)) break
    }
    return events
  }
})

/** What a watcher must be told of etcd's events. */
function expectedOf(events: KvEvent[], isPicky: boolean): { revision: bigint; line: string }[] {
  const isSeen = (object: Stored | undefined) =>
    object !== undefined && (!isPicky || object.metadata.labels?.color === 'red')
  const current = new Map<string, Stored>()
  return events.flatMap(event => {
    const key = event.type === 'put' ? event.kv.key : event.key
    const revision = event.type === 'put' ? event.kv.modRevision : event.revision
    const before = current.get(key)
    const now: Stored | undefined = event.type === 'put' ? JSON.parse(`${event.kv.value}`) : undefined
    if (now) current.set(key, now)
    else current.delete(key)
    if (isSeen(now)) return [{ revision, line: said(isSeen(before) ? 'MODIFIED' : 'ADDED', now as Stored, revision) }]
    return isSeen(before) ? [{ revision, line: said('DELETED', before as Stored, revision) }] : []
  })
}
