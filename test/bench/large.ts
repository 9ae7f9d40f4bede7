// A large cluster's worth of objects: 100,000 ConfigMaps of 1 KB. What reading them costs, what watching among them
// costs, and what it all takes in memory. The objects are written straight to etcd, which is faster.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { encode } from '../../lib/storage/codec.ts'
import { etcdClient } from '../../lib/storage/etcd-kv.ts'
import { ApiClient, type Timed } from './api-client.ts'
import type { ApiProcess } from './api-process.ts'
import { load, percentile, rounded, spread } from './measure.ts'
import { print, results } from './report.ts'

const sizes = [1_000, 10_000, 100_000]
const namespaces = 50
const watchers = 1_000
const writesPerSecond = 500
const watchSeconds = 10
const maps = '/api/v1/configmaps'
const inNamespace = (n: number) => `/api/v1/namespaces/${namespaceOf(n)}/configmaps`
const namespaceOf = (n: number) => `n${n % namespaces}`

interface Bench {
  api: ApiProcess
  client: ApiClient
  pid: number
}

function configMap(n: number) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: `c${n}`,
      namespace: namespaceOf(n),
      uid: `00000000-0000-4000-8000-${`${n}`.padStart(12, '0')}`,
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { thousandth: `${n % 1000}` },
    },
    data: { payload: 'x'.repeat(740) },
  }
}

/** Many keys a transaction. */
async function fill({ api, client }: Bench, from: number, to: number): Promise<void> {
  const etcd = etcdClient({ endpoints: api.etcdEndpoints })
  const chunk = 100
  await load((to - from) / chunk, 4, i => {
    const puts = Array.from({ length: chunk }, (_, j) => {
      const object = configMap(from + i * chunk + j)
      const key = `/registry/configmaps/${object.metadata.namespace}/${object.metadata.name}`
      return { request_put: { key: Buffer.from(key), value: encode(object) } }
    })
    return etcd.kv.txn({ compare: [], success: puts, failure: [] })
  })
  etcd.close()
  // A read of now: the cache has followed.
  await client.ask('GET', `${inNamespace(0)}/c0`)
}

async function rounds(count: number, once: () => Promise<Timed>): Promise<Timed[]> {
  const all: Timed[] = []
  for (let i = 0; i < count; i++) all.push(await once())
  return all
}

function report(what: string, all: Timed[]): void {
  const total = spread(all.map(({ totalMs }) => totalMs))
  const first = spread(all.map(({ firstMs }) => firstMs))
  const mib = (all[0]?.bytes ?? 0) / 2 ** 20
  results[what] = { totalMs: total, firstByteMs: first, mib }
  print(
    `${what.padEnd(40)} ${rounded(total.median)} ms (${rounded(total.min)}–${rounded(total.max)})` +
      `  first byte ${rounded(first.median)} ms  ${rounded(mib)} MiB`,
  )
}

/** GET must not grow with what is there, LIST must grow with it and no faster. */
async function benchSizes(bench: Bench): Promise<void> {
  let there = 0
  for (const size of sizes) {
    await fill(bench, there, size)
    there = size
    await benchGet(bench, size)
    report(`list of all ${size}`, await rounds(5, () => bench.client.ask('GET', maps)))
  }
}

async function benchGet({ client }: Bench, size: number): Promise<void> {
  const get = (i: number) => {
    const n = (i * 7919) % size
    return client.ask('GET', `${inNamespace(n)}/c${n}`)
  }
  await load(500, 1, get)
  const { p50Ms, p99Ms, rate } = await load(1500, 1, get)
  results[`get among ${size}`] = { p50Ms, p99Ms, rate }
  print(`${`get among ${size}`.padEnd(40)} p50 ${rounded(p50Ms)} ms  p99 ${rounded(p99Ms)} ms`)
}

async function benchLists({ client }: Bench): Promise<void> {
  const all = sizes.at(-1)
  report(`list of all ${all}, resourceVersion 0`, await rounds(2, () => client.ask('GET', `${maps}?resourceVersion=0`)))
  report(
    `list by label, ${(all ?? 0) / 1000} of ${all}`,
    await rounds(5, () => client.ask('GET', `${maps}?labelSelector=thousandth%3D7`)),
  )
  report(`list of one namespace of ${namespaces}`, await rounds(5, () => client.ask('GET', inNamespace(7))))
  const pages: Timed[] = []
  const began = performance.now()
  for (let next = ''; ; ) {
    const page = await client.ask('GET', `${maps}?limit=500&continue=${next}`, { keep: true })
    pages.push(page)
    next = /"continue":"([^"]+)"/.exec(page.text.slice(0, 1000))?.[1] ?? ''
    if (next === '') break
  }
  report(`a page of 500 of ${all}`, pages)
  results[`all pages of ${all}`] = { seconds: (performance.now() - began) / 1000, pages: pages.length }
  print(`${`all ${pages.length} pages of ${all}`.padEnd(40)} ${rounded((performance.now() - began) / 1000)} s`)
}

/** What others wait while one client lists everything. */
async function benchListBesideGets({ api, client }: Bench): Promise<void> {
  const lister = new ApiClient(api)
  let isListing = true
  const latencies: number[] = []
  const getting = (async () => {
    while (isListing) latencies.push((await client.ask('GET', `${inNamespace(0)}/c0`)).totalMs)
  })()
  await rounds(5, () => lister.ask('GET', maps))
  isListing = false
  await getting
  lister.close()
  latencies.sort((a, b) => a - b)
  const figures = { p50Ms: percentile(latencies, 50), p99Ms: percentile(latencies, 99), maxMs: latencies.at(-1) ?? 0 }
  results['get beside lists of all'] = figures
  const { p50Ms, p99Ms, maxMs } = figures
  print(
    `${'get beside lists of all'.padEnd(40)} p50 ${rounded(p50Ms)} ms  p99 ${rounded(p99Ms)} ms  max ${rounded(maxMs)} ms`,
  )
}

const now = () => performance.timeOrigin + performance.now()
const sentAt = /"sent":"([\d.]+)"/g

/** From sending the create to the event at every watcher. */
async function benchWatch(
  bench: Bench,
  what: string,
  pathOf: (watcher: number) => string,
  writes: number,
  rate: number,
) {
  const clients = Array.from({ length: 10 }, () => new ApiClient(bench.api))
  const delays: number[] = []
  const tag = what.replaceAll(' ', '-')
  const { text } = await bench.client.ask('GET', `${maps}?limit=1`, { keep: true })
  const version = /"resourceVersion":"(\d+)"/.exec(text)?.[1]
  const open = (i: number) =>
    (clients[i % clients.length] as ApiClient).watch(`${pathOf(i)}?watch=true&resourceVersion=${version}`, lines => {
      const at = now()
      for (const [, sent] of lines.matchAll(sentAt)) delays.push(at - Number(sent))
    })
  await Promise.all(Array.from({ length: watchers }, (_, i) => open(i)))
  const expected = Array.from({ length: watchers }, (_, i) => pathOf(i)).reduce(
    (sum, path) => sum + (path === maps ? writes : Math.floor(writes / namespaces)),
    0,
  )
  const began = performance.now()
  const pending: Promise<unknown>[] = []
  for (let n = 0; n < writes; n++) {
    const waitMs = began + (n * 1000) / rate - performance.now()
    if (waitMs > 1) await new Promise(resolve => setTimeout(resolve, waitMs))
    const object = { metadata: { name: `${tag}-${n}` }, data: { payload: 'x'.repeat(700), sent: `${now()}` } }
    pending.push(bench.client.ask('POST', inNamespace(n), { body: object }))
  }
  await Promise.all(pending)
  const wroteSeconds = (performance.now() - began) / 1000
  const deadline = performance.now() + 30_000
  while (delays.length < expected && performance.now() < deadline) await new Promise(resolve => setTimeout(resolve, 20))
  const seconds = (performance.now() - began) / 1000
  delays.sort((a, b) => a - b)
  for (const each of clients) each.close()
  const figures = {
    watchers,
    writesPerSecond: writes / wroteSeconds,
    eventsPerSecond: delays.length / seconds,
    missing: expected - delays.length,
    p50Ms: percentile(delays, 50),
    p99Ms: percentile(delays, 99),
  }
  results[`watch, ${what}`] = figures
  print(
    `watch, ${watchers} watchers, ${what}: ${rounded(figures.writesPerSecond)} writes/s, ` +
      `${rounded(figures.eventsPerSecond)} events/s  p50 ${rounded(figures.p50Ms)} ms  p99 ${rounded(figures.p99Ms)} ms` +
      (figures.missing > 0 ? `  ${figures.missing} MISSING` : ''),
  )
}

async function benchMemory({ client, pid }: Bench, when: string): Promise<void> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  const { text } = await client.ask('GET', '/metrics', { keep: true })
  const metric = (name: string) => Number(new RegExp(`^${name} ([\\d.e+]+)`, 'm').exec(text)?.[1] ?? 0) / 2 ** 20
  const figures = {
    pssMiB: Number(/^Pss: +(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024,
    heapUsedMiB: metric('nodejs_heap_size_used_bytes'),
    heapTotalMiB: metric('nodejs_heap_size_total_bytes'),
    externalMiB: metric('nodejs_external_memory_bytes'),
  }
  results[`API server memory ${when}`] = figures
  print(
    `${`API server memory ${when}`.padEnd(40)} ${rounded(figures.pssMiB)} MiB ` +
      `(heap ${rounded(figures.heapUsedMiB)} of ${rounded(figures.heapTotalMiB)}, external ${rounded(figures.externalMiB)})`,
  )
}

export async function benchLarge(): Promise<void> {
  const child = fork(new URL('./api-process.ts', import.meta.url), { execArgv: ['--no-warnings'] })
  const [api] = (await once(child, 'message')) as [ApiProcess]
  const client = new ApiClient(api)
  const bench = { api, client, pid: child.pid ?? 0 }
  try {
    for (let n = 0; n < namespaces; n++) {
      await client.ask('POST', '/api/v1/namespaces', { body: { metadata: { name: namespaceOf(n) } } })
    }
    await benchMemory(bench, 'at the start')
    await benchSizes(bench)
    await benchMemory(bench, `with ${sizes.at(-1)} objects`)
    await benchLists(bench)
    await benchListBesideGets(bench)
    await benchWatch(bench, 'of a namespace each', inNamespace, writesPerSecond * watchSeconds, writesPerSecond)
    await benchWatch(bench, 'of everything', () => maps, 100, 10)
    await benchMemory(bench, 'after the load')
    await new Promise(resolve => setTimeout(resolve, 25_000))
    await benchMemory(bench, 'a while later')
  } finally {
    client.close()
    child.disconnect()
    await once(child, 'exit')
  }
}
