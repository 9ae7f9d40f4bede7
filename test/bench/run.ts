// `make bench`: the figures of the README, measured on a cluster of its own, and those of many objects (large.ts) on an
// API server of its own. Asserts nothing.

import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { type ConfigMap, configMaps } from '../../lib/kinds/core/config-map.ts'
import { type Pod, pods } from '../../lib/kinds/core/pod.ts'
import { connectEtcd } from '../../lib/storage/etcd-kv.ts'
import { etcdEndpoints } from '../../lib/supervisor/components.ts'
import { repository, TestCluster } from '../harness/cluster.ts'
import { eventually } from '../harness/eventually.ts'
import { benchLarge } from './large.ts'
import { type Load, load, percentile, rounded, spread } from './measure.ts'
import { print, results } from './report.ts'

const concurrencies = [1, 16, 64]
const rounds = 3
results.machine = { cpus: cpus().length, model: cpus()[0]?.model, memoryGiB: rounded(totalmem() / 2 ** 30) }

/** The median round by rate, with the rates' spread. */
async function measured(
  what: string,
  countOf: (concurrency: number) => number,
  operation: (i: number) => Promise<unknown>,
) {
  for (const concurrency of concurrencies) {
    const runs: Load[] = []
    for (let round = 0; round < rounds; round++) runs.push(await load(countOf(concurrency), concurrency, operation))
    runs.sort((a, b) => a.rate - b.rate)
    const { min, median, max } = spread(runs.map(run => run.rate))
    const middle = runs[Math.floor(runs.length / 2)] ?? { p50Ms: 0, p99Ms: 0 }
    results[`${what} × ${concurrency}`] = { min, median, max, p50Ms: middle.p50Ms, p99Ms: middle.p99Ms }
    print(
      `${what.padEnd(22)} × ${String(concurrency).padEnd(3)} ${rounded(median)}/s (${rounded(min)}–${rounded(max)})` +
        `  p50 ${rounded(middle.p50Ms)} ms  p99 ${rounded(middle.p99Ms)} ms`,
    )
  }
}

const byConcurrency = (single: number, parallel: number) => (concurrency: number) =>
  concurrency === 1 ? single : parallel
const data = { payload: randomBytes(768).toString('base64') } // 1 KiB
let serial = 0
const configMap = (): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'default', name: `bench-${serial++}` },
  data,
})

async function benchEtcd(cluster: TestCluster): Promise<void> {
  const pki = (file: string) => readFile(join(cluster.stateDir, 'pki/etcd', file), 'utf8')
  const [ca, cert, key] = await Promise.all([pki('ca.crt'), pki('root.crt'), pki('root.key')])
  const kv = connectEtcd({ endpoints: [etcdEndpoints(cluster.config())], ca, cert, key })
  const value = randomBytes(1024)
  try {
    await measured('etcd put 1 KiB', byConcurrency(300, 3000), () => kv.put(`/bench/${serial++}`, value, 0n))
  } finally {
    kv.close()
  }
}

async function benchApi({ client }: TestCluster): Promise<void> {
  await measured('API create 1 KiB', byConcurrency(300, 3000), () => client.create(configMaps, configMap()))
  const at = { namespace: 'default', name: 'bench-get' }
  await client.create(configMaps, { ...configMap(), metadata: at })
  await measured('API get', byConcurrency(1000, 5000), () => client.get(configMaps, at))
  await client.deleteCollection(configMaps, { namespace: 'default' })
  await load(500, 16, () => client.create(configMaps, configMap()))
  await measured('API list of 500', byConcurrency(20, 60), () => client.list(configMaps, { namespace: 'default' }))
}

/** From the answer of a create to its event, over watchers that all see all. */
async function benchWatch({ client }: TestCluster): Promise<void> {
  const watchers = 20
  const writes = 500
  const sent = new Map<string, number>()
  const delays: number[] = []
  const stop = new AbortController()
  const source = client.source(configMaps, { namespace: 'default' })
  const { resourceVersion } = await source.list(stop.signal)
  const watching = Array.from({ length: watchers }, async () => {
    let seen = 0
    for await (const event of source.watch(resourceVersion, stop.signal)) {
      if (event.type !== 'ADDED') continue
      delays.push(performance.now() - (sent.get(event.object.metadata.name ?? '') ?? 0))
      if (++seen === writes) return
    }
  })
  await new Promise(resolve => setTimeout(resolve, 200))
  const began = performance.now()
  await load(writes, 4, async () => {
    const object = configMap()
    sent.set(object.metadata.name ?? '', performance.now())
    await client.create(configMaps, object)
  })
  await Promise.all(watching)
  const seconds = (performance.now() - began) / 1000
  stop.abort()
  delays.sort((a, b) => a - b)
  const figures = {
    eventsPerSecond: delays.length / seconds,
    p50Ms: percentile(delays, 50),
    p99Ms: percentile(delays, 99),
  }
  results.watch = figures
  print(
    `watch, ${watchers} watchers    ${rounded(figures.eventsPerSecond)} events/s  from sending the create: ` +
      `p50 ${rounded(figures.p50Ms)} ms  p99 ${rounded(figures.p99Ms)} ms`,
  )
}

function manifest(name: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name },
    spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'binnacle.local/web:1' }] },
  }
}

async function benchPods(cluster: TestCluster): Promise<void> {
  const { client } = cluster
  const times: number[] = []
  for (let i = 0; i < 30; i++) {
    const name = `bench-${i}`
    const from = performance.now()
    await cluster.kubectlWith({ input: JSON.stringify(manifest(name)) }, 'apply', '-f', '-')
    await eventually(
      async () =>
        (await client.get(pods, { namespace: 'default', name })).status?.containerStatuses?.[0]?.state?.running,
      { intervalMs: 5 },
    )
    times.push(performance.now() - from)
    await client.delete(pods, { namespace: 'default', name })
  }
  times.sort((a, b) => a - b)
  results.applyToRunning = {
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
    min: times[0],
    max: times.at(-1),
  }
  print(
    `kubectl apply → container running  p50 ${rounded(percentile(times, 50))} ms  p99 ${rounded(percentile(times, 99))} ms` +
      `  (${rounded(times[0] ?? 0)}–${rounded(times.at(-1) ?? 0)})`,
  )
}

/** Proportional set size: what shared pages cost is shared too. */
async function memoryMiB(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(/^Pss: +(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024
}

async function benchMemory(cluster: TestCluster, when: string): Promise<void> {
  const figures: Record<string, number> = {}
  for (const { name, pid } of await cluster.processes()) figures[name] = await memoryMiB(pid)
  const total = Object.values(figures).reduce((sum, each) => sum + each, 0)
  results[`memory ${when}, MiB`] = { ...figures, total }
  print(`memory ${when}: ${rounded(total)} MiB`)
  for (const [name, each] of Object.entries(figures)) print(`  ${name.padEnd(26)} ${rounded(each)} MiB`)
}

async function benchUp(cluster: TestCluster): Promise<void> {
  const api: number[] = []
  const node: number[] = []
  for (let i = 0; i < 5; i++) {
    await cluster.down()
    const printed = await cluster.up()
    api.push(Number(/([\d.]+) s +kube-apiserver/.exec(printed)?.[1]))
    node.push(Number(/([\d.]+) s +node /.exec(printed)?.[1]))
  }
  results.up = { apiReadySeconds: spread(api), nodeReadySeconds: spread(node) }
  for (const [what, { min, median, max }] of [
    ['API ready', spread(api)],
    ['node Ready', spread(node)],
  ] as const) {
    print(`up → ${what.padEnd(12)} ${median} s (${min}–${max})`)
  }
}

const cluster = await TestCluster.start()
try {
  await benchUp(cluster)
  await new Promise(resolve => setTimeout(resolve, 10_000))
  await benchMemory(cluster, 'when idle')
  await benchEtcd(cluster)
  await benchApi(cluster)
  await benchWatch(cluster)
  await benchPods(cluster)
  await benchMemory(cluster, 'after the load')
} finally {
  await cluster.remove()
}
await benchLarge()
await mkdir(join(repository, 'bench'), { recursive: true })
await writeFile(join(repository, 'bench/results.json'), `${JSON.stringify(results, null, 2)}\n`)
