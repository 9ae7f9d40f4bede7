// A node for a test: the real node agent over a simulated runtime and a test's API server, on a clock the test owns.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '../../lib/client/client.ts'
import { connect } from '../../lib/client/http-client.ts'
import { configMaps } from '../../lib/kinds/core/config-map.ts'
import { serviceAccounts } from '../../lib/kinds/core/service-account.ts'
import { runNodeAgent } from '../../lib/kubelet/node-agent.ts'
import { type Plan, SimulatedRuntime, type SimulatedState } from '../../lib/kubelet/runtime/simulated.ts'
import { issue, type KeyPair } from '../../lib/pki/issue.ts'
import { FakeClock } from '../../lib/util/clock.ts'
import { silentLogger } from '../../lib/util/log.ts'
import type { TestApiServer } from './apiserver.ts'
import { eventually } from './eventually.ts'

export interface TestNodeOptions {
  /** Of the node's serving certificate and of its clients'. */
  ca: KeyPair
  name?: string
  plans?: Plan[]
  /** A node that stands where another one stood finds its things again. */
  instead?: TestNode
}

export class TestNode {
  readonly name: string
  readonly clock: FakeClock
  readonly runtime: SimulatedRuntime
  readonly directory: string
  port = 0
  readonly #stop = new AbortController()
  readonly #client: Client
  #running: Promise<void> = Promise.resolve()

  private constructor(name: string, clock: FakeClock, runtime: SimulatedRuntime, directory: string, client: Client) {
    this.name = name
    this.clock = clock
    this.runtime = runtime
    this.directory = directory
    this.#client = client
  }

  /** Comes back when it is Ready. */
  static async start(api: TestApiServer, options: TestNodeOptions): Promise<TestNode> {
    const { name = 'node-1', plans = [], instead } = options
    const clock = instead?.clock ?? new FakeClock(Date.now())
    const directory = instead?.directory ?? (await mkdtemp(join(tmpdir(), 'binnacle-node-')))
    const state: SimulatedState | undefined = instead?.runtime.state
    const image = { id: 'sha256:web', tags: ['docker.io/library/web:1'], digests: [], sizeBytes: 10, user: '' }
    const runtime = new SimulatedRuntime({ clock, images: [image], plans }, state)
    const user = await api.userCert(`system:node:${name}`, ['system:nodes'])
    const kubeconfig = join(directory, 'kubeconfig')
    await writeFile(kubeconfig, api.kubeconfigFor(user))
    const node = new TestNode(name, clock, runtime, directory, connect(kubeconfig))
    await node.#run(options.ca)
    await node.#registered(api)
    return node
  }

  async #run(ca: KeyPair): Promise<void> {
    const file = (name: string) => join(this.directory, name)
    const serving = await issue(ca, { commonName: this.name, ips: ['127.0.0.1'], usages: ['server'] })
    await writeFile(file('ca.crt'), ca.cert)
    await writeFile(file('serving.crt'), serving.cert)
    await writeFile(file('serving.key'), serving.key)
    await writeFile(file('resolv.conf'), 'nameserver 192.0.2.53\n')
    const listening = Promise.withResolvers<number>()
    this.#running = runNodeAgent(
      {
        client: this.#client,
        runtime: this.runtime,
        nodeName: this.name,
        nodeIPs: ['127.0.0.1'],
        rootDir: file('root'),
        logDir: file('logs'),
        labels: {},
        taints: [],
        maxPods: 110,
        clusterDns: ['10.96.0.10'],
        clusterDomain: 'cluster.local',
        resolvConf: file('resolv.conf'),
        server: {
          address: '127.0.0.1',
          port: 0,
          certFile: file('serving.crt'),
          keyFile: file('serving.key'),
          clientCaFile: file('ca.crt'),
        },
        usePodCidrs: async () => {},
        clock: this.clock,
        log: silentLogger,
        onListening: listening.resolve,
      },
      this.#stop.signal,
    )
    this.#running.catch(listening.reject)
    this.port = await listening.promise
  }

  /** A fresh API server refuses for a moment; who waits to try again waits on our clock. */
  async #registered(api: TestApiServer): Promise<void> {
    await eventually(async () => {
      await this.clock.advance(200)
      const { json } = await api.ask('GET', `/api/v1/nodes/${this.name}`)
      const conditions: { type: string; status: string }[] = json?.status?.conditions ?? []
      return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
    })
  }

  /** As if killed: containers run on, its directory stays. */
  async kill(): Promise<void> {
    this.#stop.abort()
    await this.#running
    this.#client.close()
  }

  async remove(): Promise<void> {
    await this.kill()
    const { systemMounts } = await import('../../lib/kubelet/mounts.ts')
    await systemMounts.removeTree(this.directory)
    await rm(this.directory, { recursive: true, force: true })
  }
}

/** What controllers would have made: a pod needs its service account and the cluster's CA. */
export async function prepareNamespace(client: Client, namespace: string, ca: KeyPair): Promise<void> {
  await client.create(serviceAccounts, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace },
  })
  await client.create(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-root-ca.crt', namespace },
    data: { 'ca.crt': ca.cert },
  })
}
