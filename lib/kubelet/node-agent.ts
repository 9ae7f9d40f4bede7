// The node agent put together from its parts: given a client and a runtime it registers the node, runs its pods and
// answers for it. cmd/kubelet.ts makes it from flags, tests from what they have.

import { mkdir, readFile } from 'node:fs/promises'
import type { KubeObject } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { Client } from '../client/client.ts'
import { EventRecorder } from '../client/events.ts'
import { Informer } from '../client/informer.ts'
import { nodes } from '../kinds/core/node.ts'
import { pods } from '../kinds/core/pod.ts'
import { type Service, services } from '../kinds/core/service.ts'
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import type { CgroupLimits } from './cgroups.ts'
import { Images } from './images.ts'
import { Kubelet } from './kubelet.ts'
import { logRoute } from './log-route.ts'
import { type Machine, readMachine } from './machine.ts'
import { type Mounts, systemMounts } from './mounts.ts'
import { enforceAllocatable } from './node-allocatable.ts'
import type { NodeContext } from './node-context.ts'
import { NodeInspector } from './node-inspector.ts'
import { NodeLease } from './node-lease.ts'
import { NodeRegistration, nodeReference } from './node-registration.ts'
import { type NodeInput, nodeAllocatable } from './node-status.ts'
import { parseResolvConf } from './pod-dns.ts'
import { PodPaths } from './pod-paths.ts'
import { Prober } from './prober.ts'
import { ObjectReferences } from './references.ts'
import { routes } from './routes.ts'
import type { ContainerRuntime } from './runtime/runtime.ts'
import { RuntimeView } from './runtime-view.ts'
import { KubeletServer } from './server.ts'
import { ServerAuth } from './server-auth.ts'
import { ServiceAccountTokens } from './service-account-tokens.ts'

export interface NodeAgentOptions {
  client: Client
  runtime: ContainerRuntime
  nodeName: string
  nodeIPs: string[]
  rootDir: string
  logDir: string
  labels: Record<string, string>
  taints: NodeInput['taints']
  maxPods: number
  clusterDns: string[]
  clusterDomain: string
  resolvConf: string
  server: { address: string; port: number; certFile: string; keyFile: string; clientCaFile: string }
  /** Sets the limits of all pods together; absent where nothing really runs. */
  limitPods?: (limits: CgroupLimits) => Promise<void>
  /** The node's pod ranges are known, or new. */
  usePodCidrs(cidrs: string[]): Promise<void>
  clock: Clock
  log: Logger
  mounts?: Mounts
  /** Told once it listens. */
  onListening?: (port: number) => void
}

/** Lives until the signal is aborted; containers live on. */
export async function runNodeAgent(options: NodeAgentOptions, signal: AbortSignal): Promise<void> {
  const { client, runtime, nodeName, clock, log, rootDir, limitPods } = options
  await mkdir(rootDir, { recursive: true, mode: 0o755 })
  const machine = await readMachine(rootDir)
  const events = new EventRecorder({ client, component: 'kubelet', host: nodeName, log, clock })
  const informers = nodeInformers(options)
  const images = new Images({ runtime, events, clock, onPulled: () => inspector.imagesChanged() })
  const context = nodeContext(options, { machine, events, images, services: informers.services, signal })
  const kubelet = new Kubelet(context, informers.pods, signal)
  const server = nodeServer(options, kubelet, context)
  const { port } = await server.listen()
  const inspector = new NodeInspector(runtime, clock, {
    ...options,
    name: nodeName,
    ips: options.nodeIPs,
    machine,
    port,
  })
  const registration = new NodeRegistration({
    ...options,
    events,
    nodes: informers.nodes,
    inspect: () => inspector.inspect(),
  })
  options.onListening?.(port)
  events.event(nodeReference({ metadata: { name: nodeName } }), 'Normal', 'Starting', 'Starting kubelet.')
  log.info({ node: nodeName, port }, 'the kubelet runs')
  try {
    await Promise.all([
      ...Object.values(informers).map(informer => informer.run(signal)),
      events.run(signal),
      registration.run(signal),
      ...(limitPods ? [enforceAllocatable({ nodeName, machine, limitPods, events, clock, log, signal })] : []),
      new NodeLease({ client, clock, log, node: registration.registered }).run(signal),
      kubelet.run(),
    ])
  } finally {
    server.close()
  }
}

function nodeInformers({ client, nodeName, log, clock }: NodeAgentOptions) {
  const informer = <T extends KubeObject>(def: ResourceDefinition<T>, fieldSelector?: string) =>
    new Informer({ name: def.plural, source: client.source(def, fieldSelector ? { fieldSelector } : {}), log, clock })
  return {
    nodes: informer(nodes, `metadata.name=${nodeName}`),
    pods: informer(pods, `spec.nodeName=${nodeName}`),
    services: informer(services),
  }
}

interface ContextParts {
  machine: Machine
  events: EventRecorder
  images: Images
  services: Informer<Service>
  signal: AbortSignal
}

function nodeContext(options: NodeAgentOptions, parts: ContextParts): NodeContext {
  const { machine, events, images, services: informer, signal } = parts
  const { client, runtime, clock, log } = options
  return {
    client,
    runtime,
    clock,
    log,
    events,
    view: new RuntimeView({ runtime, log, clock, signal }),
    paths: new PodPaths(options),
    images,
    references: new ObjectReferences({ client, clock, log, signal }),
    tokens: new ServiceAccountTokens(client, clock),
    mounts: options.mounts ?? systemMounts,
    prober: new Prober(runtime),
    async services(waiting) {
      await informer.synced(waiting)
      return informer.list()
    },
    node: {
      name: options.nodeName,
      ips: options.nodeIPs,
      memoryBytes: machine.memoryBytes,
      allocatable: nodeAllocatable(machine, options.maxPods),
    },
    dns: async () => ({
      clusterDns: options.clusterDns,
      clusterDomain: options.clusterDomain,
      host: parseResolvConf(await readFile(options.resolvConf, 'utf8').catch(() => '')),
    }),
  }
}

function nodeServer(options: NodeAgentOptions, kubelet: Kubelet, context: NodeContext): KubeletServer {
  const { view, clock, runtime, log, client } = context
  return new KubeletServer({
    ...options.server,
    log,
    auth: new ServerAuth(client, clock, options.nodeName),
    routes: [
      logRoute({ pod: (namespace, name) => kubelet.pod(namespace, name), view, clock }),
      ...routes({ pods: () => kubelet.pods, view, runtime }),
    ],
  })
}
