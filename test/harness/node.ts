// A node for a test: the real node agent and a test's API server, over a simulated runtime on a clock the test owns, or
// over whatever runtime and clock it brings.

import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '../../lib/client/client.ts'
import { connect } from '../../lib/client/http-client.ts'
import { configMaps } from '../../lib/kinds/core/config-map.ts'
import { serviceAccounts } from '../../lib/kinds/core/service-account.ts'
import { systemMounts } from '../../lib/kubelet/mounts.ts'
import { runNodeAgent } from '../../lib/kubelet/node-agent.ts'
import type { ContainerRuntime } from '../../lib/kubelet/runtime/runtime.ts'
import { type Plan, SimulatedRuntime, type SimulatedState } from '../../lib/kubelet/runtime/simulated.ts'
import { issue, type KeyPair } from '../../lib/pki/issue.ts'
import { type Clock, FakeClock } from '../../lib/util/clock.ts'
import { silentLogger } from '../../lib/util/log.ts'
import type { TestApiServer } from './apiserver.ts'
import { eventually } from './eventually.ts'

export interface AgentOptions {
  name: string
  /** Of the node's serving certificate and of its clients'. */
  ca: KeyPair
  runtime: ContainerRuntime
  clock: Clock
  /** Everything of the node lies here, also for the one that comes after it. */
  directory: string
}

/** The node agent in this process. `kill` leaves containers and directory as they are. */
export class Agent {
  readonly port: number
  readonly #stop: AbortController
  readonly #running: Promise<void>
  readonly #client: Client

  private constructor(port: number, stop: AbortController, running: Promise<void>, client: Client) {
    this.port = port
    this.#stop = stop
    this.#running = running
    this.#client = client
  }

  /** Comes back when it listens. */
  static async start(api: TestApiServer, { name, ca, runtime, clock, directory }: AgentOptions): Promise<Agent> {
    const file = (path: string) => join(directory, path)
    const serving = await issue(ca, { commonName: name, ips: ['127.0.0.1'], usages: ['server'] })
    const user = await api.userCert(`system:node:${name}`, ['system:nodes'])
    await writeFile(file('kubeconfig'), api.kubeconfigFor(user))
    await writeFile(file('ca.crt'), ca.cert)
    await writeFile(file('serving.crt'), serving.cert)
    await writeFile(file('serving.key'), serving.key)
    await writeFile(file('resolv.conf'), 'nameserver 192.0.2.53\n')
    const client = connect(file('kubeconfig'))
    const stop = new AbortController()
    const listening = Promise.withResolvers<number>()
    const running = runNodeAgent(
      {
        ...{ client, runtime, clock, log: silentLogger, nodeName: name, nodeIPs: ['127.0.0.1'] },
        ...{ rootDir: file('root'), logDir: file('logs'), labels: {}, taints: [], maxPods: 110 },
        ...{ clusterDns: ['10.96.0.10'], clusterDomain: 'cluster.local', resolvConf: file('resolv.conf') },
        server: {
          address: '127.0.0.1',
          port: 0,
          certFile: file('serving.crt'),
          keyFile: file('serving.key'),
          clientCaFile: file('ca.crt'),
        },
        usePodCidrs: async () => {},
        onListening: listening.resolve,
      },
      stop.signal,
    )
    running.catch(listening.reject)
    return new Agent(await listening.promise, stop, running, client)
  }

  async kill(): Promise<void> {
    this.#stop.abort()
    await this.#running
    this.#client.close()
  }
}

export async function isReady(api: TestApiServer, name: string): Promise<boolean> {
  const { json } = await api.ask('GET', `/api/v1/nodes/${name}`)
  const conditions: { type: string; status: string }[] = json?.status?.conditions ?? []
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
}

export interface TestNodeOptions {
  ca: KeyPair
  name?: string
  plans?: Plan[]
  /** A node that stands where another one stood finds its things again. */
  instead?: TestNode
}

/** A node whose pods are simulated. */
export class TestNode {
  readonly name: string
  readonly clock: FakeClock
  readonly runtime: SimulatedRuntime
  readonly directory: string
  readonly #agent: Agent

  private constructor(agent: Agent, options: AgentOptions & { runtime: SimulatedRuntime; clock: FakeClock }) {
    this.name = options.name
    this.clock = options.clock
    this.runtime = options.runtime
    this.directory = options.directory
    this.#agent = agent
  }

  /** Comes back when it is Ready. */
  static async start(api: TestApiServer, options: TestNodeOptions): Promise<TestNode> {
    const { ca, name = 'node-1', plans = [], instead } = options
    const clock = instead?.clock ?? new FakeClock(Date.now())
    const directory = instead?.directory ?? (await mkdtemp(join(tmpdir(), 'binnacle-node-')))
    const state: SimulatedState | undefined = instead?.runtime.state
    const image = { id: 'sha256:web', tags: ['docker.io/library/web:1'], digests: [], sizeBytes: 10, user: '' }
    const runtime = new SimulatedRuntime({ clock, log: silentLogger, images: [image], plans }, state)
    const own = { name, ca, runtime, clock, directory }
    const node = new TestNode(await Agent.start(api, own), own)
    await node.#registered(api)
    return node
  }

  get port(): number {
    return this.#agent.port
  }

  /** A fresh API server refuses for a moment; who waits to try again waits on our clock. */
  async #registered(api: TestApiServer): Promise<void> {
    await eventually(async () => {
      await this.clock.advance(200)
      return isReady(api, this.name)
    })
  }

  /** As if killed: containers run on, its directory stays. */
  kill(): Promise<void> {
    return this.#agent.kill()
  }

  async remove(): Promise<void> {
    await this.kill()
    await systemMounts.removeTree(this.directory)
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
