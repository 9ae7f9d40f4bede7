// kube-controller-manager: the control loops, run by whoever leads. Reads by watching etcd keys, writes through the API,
// each controller under its own ServiceAccount.

import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { Registry } from 'prom-client'
import type { KubeObject } from '../lib/api/meta.ts'
import type { ResourceDefinition } from '../lib/api/resource.ts'
import type { Client } from '../lib/client/client.ts'
import { EventRecorder } from '../lib/client/events.ts'
import { clientOver, connect, transportFor } from '../lib/client/http-client.ts'
import { Informers } from '../lib/client/informers.ts'
import { type ClientOptions, KubeconfigError, readKubeconfig } from '../lib/client/kubeconfig.ts'
import { runAsLeader } from '../lib/client/leader-election.ts'
import type { ControllerEntry } from '../lib/controller/context.ts'
import { ControllerIdentity } from '../lib/controller/identity.ts'
import { queueMetrics } from '../lib/controller/metrics.ts'
import { runControllers } from '../lib/controller/run-controllers.ts'
import { controllers } from '../lib/controllers/index.ts'
import { secrets } from '../lib/kinds/core/secret.ts'
import { builtinKinds } from '../lib/kinds/index.ts'
import { type EtcdFlags, etcdOf, etcdPrefixOf, withEtcdFlags } from '../lib/storage/etcd-flags.ts'
import type { Kv } from '../lib/storage/kv.ts'
import { kvWatchSource } from '../lib/storage/kv-watch-source.ts'
import { inBackground } from '../lib/util/async.ts'
import { systemClock } from '../lib/util/clock.ts'
import { type ComponentContext, runComponent, UserError } from '../lib/util/component.ts'
import { serveComponent } from '../lib/util/component-server.ts'
import { parseGoDuration } from '../lib/util/go-duration.ts'
import { collectProcessMetrics } from '../lib/util/process-metrics.ts'

interface Options extends EtcdFlags {
  kubeconfig: string
  controllers: string[]
  rootCaFile?: string
  allocateNodeCidrs: boolean
  clusterCidr?: string
  nodeCidrMaskSize: number
  nodeMonitorGracePeriod: number
  nodeStartupGracePeriod: number
  terminatedPodGcThreshold: number
  leaderElect: boolean
  leaderElectLeaseDuration: number
  leaderElectRenewDeadline: number
  leaderElectRetryPeriod: number
  leaderElectResourceName: string
  leaderElectResourceNamespace: string
  bindAddress: string
  securePort: number
  tlsCertFile: string
  tlsPrivateKeyFile: string
  clientCaFile: string
}

const isTrue = (text: string) => text !== 'false'
const duration = (text: string) => {
  try {
    return parseGoDuration(text).ms
  } catch {
    throw new InvalidArgumentError('It is no duration such as 50s.')
  }
}
const list = (text: string) => text.split(',').filter(Boolean)

const program = withEtcdFlags(new Command('kube-controller-manager'))
  .description('Runs the control loops of the cluster')
  .requiredOption('--kubeconfig <file>', 'how to reach the API server, and as whom')
  .option('--controllers <names>', "which run: '*' for all, a name, or -name for all but it", list, ['*'])
  .option('--root-ca-file <file>', 'the CA to publish to every namespace')
  .option('--allocate-node-cidrs <bool>', 'give nodes their pod ranges', isTrue, false)
  .option('--cluster-cidr <cidr>', 'the pod range of the cluster')
  .option('--node-cidr-mask-size <bits>', "the size of a node's pod range", Number, 24)
  .option('--node-monitor-grace-period <duration>', 'how long a node may be silent', duration, 50_000)
  .option('--node-startup-grace-period <duration>', 'how long a new node may be silent', duration, 60_000)
  .option('--terminated-pod-gc-threshold <count>', 'how many ended pods are kept; 0 for all', Number, 12_500)
  .option('--leader-elect [bool]', 'one of several leads', isTrue, true)
  .option('--leader-elect-lease-duration <duration>', 'how long others wait for the leader', duration, 15_000)
  .option('--leader-elect-renew-deadline <duration>', 'how long the leader tries to stay it', duration, 10_000)
  .option('--leader-elect-retry-period <duration>', 'between two tries', duration, 2000)
  .option('--leader-elect-resource-name <name>', "the lease's name", 'kube-controller-manager')
  .option('--leader-elect-resource-namespace <namespace>', "the lease's namespace", 'kube-system')
  .option('--bind-address <ip>', 'where health and metrics are served', '0.0.0.0')
  .option('--secure-port <port>', 'of health and metrics', Number, 10257)
  .requiredOption('--tls-cert-file <file>', 'the serving certificate')
  .requiredOption('--tls-private-key-file <file>', 'its key')
  .requiredOption('--client-ca-file <file>', 'the CA of clients that may read metrics')

async function run(options: Options, { signal, log }: ComponentContext): Promise<void> {
  const entries = selected(options.controllers)
  const kubeconfig = read(options.kubeconfig)
  const client = connect({ ...kubeconfig, userAgent: 'kube-controller-manager' })
  const clock = systemClock
  const registry = new Registry()
  collectProcessMetrics(registry)
  const metricsFor = queueMetrics(registry)
  const server = await serveComponent(
    {
      address: options.bindAddress,
      port: options.securePort,
      certFile: options.tlsCertFile,
      keyFile: options.tlsPrivateKeyFile,
      clientCaFile: options.clientCaFile,
      metrics: registry,
    },
    signal,
  )
  const events = new EventRecorder({ client, component: 'kube-controller-manager', log, clock })
  inBackground(log, 'writing events', events.run(signal), signal)
  const controllerOptions = await controllerOptionsOf(options)

  const lead = async (leading: AbortSignal) => {
    const kv = await etcdOf(options)
    const informers = new Informers({ source: sources(kv, etcdPrefixOf(options), client), log, clock })
    const clientFor = clientsOver(kubeconfig, client)
    try {
      await runControllers(
        { entries, clientFor, informers, kinds: builtinKinds, options: controllerOptions, clock, log, metricsFor },
        leading,
      )
    } finally {
      kv.close()
    }
  }
  if (options.leaderElect) await runAsLeader({ ...election(options), client, log, events, clock }, lead, signal)
  else await lead(signal)
  await server.closed
}

function election(options: Options) {
  return {
    identity: `${hostname()}_${randomUUID()}`,
    lease: { namespace: options.leaderElectResourceNamespace, name: options.leaderElectResourceName },
    leaseDurationMs: options.leaderElectLeaseDuration,
    renewDeadlineMs: options.leaderElectRenewDeadline,
    retryPeriodMs: options.leaderElectRetryPeriod,
  }
}

async function controllerOptionsOf(options: Options) {
  const rootCa = options.rootCaFile ? await readFile(options.rootCaFile, 'utf8') : undefined
  if (options.allocateNodeCidrs && !options.clusterCidr) {
    throw new UserError('--allocate-node-cidrs needs --cluster-cidr: which range are nodes to have their part of?')
  }
  return {
    ...(rootCa ? { rootCa } : {}),
    ...(options.allocateNodeCidrs && options.clusterCidr ? { clusterCidr: options.clusterCidr } : {}),
    nodeCidrMaskSize: options.nodeCidrMaskSize,
    nodeMonitorGracePeriodMs: options.nodeMonitorGracePeriod,
    nodeStartupGracePeriodMs: options.nodeStartupGracePeriod,
    terminatedPodGcThreshold: options.terminatedPodGcThreshold,
  }
}

function read(kubeconfig: string): ClientOptions {
  try {
    return readKubeconfig(kubeconfig)
  } catch (error) {
    if (error instanceof KubeconfigError) throw new UserError(error.message)
    throw error
  }
}

function selected(names: string[]): ControllerEntry[] {
  const known = new Set(controllers.map(({ name }) => name))
  const unknown = names.find(name => name !== '*' && !known.has(name.replace(/^-/, '')))
  if (unknown) throw new UserError(`"${unknown}" is not in the list of known controllers: ${[...known].join(', ')}`)
  const wanted = (name: string) => names.includes(name) || (names.includes('*') && !names.includes(`-${name}`))
  return controllers.filter(({ name }) => wanted(name))
}

/** Secrets come through the API: our etcd user may not read them. */
function sources(kv: Kv, prefix: string, client: Client) {
  return <T extends KubeObject>(def: ResourceDefinition<T>) =>
    def.group === secrets.group && def.plural === secrets.plural ? client.source(def) : kvWatchSource(kv, prefix, def)
}

/** All controllers share one session, on which our own certificate is not shown: it would be taken for who asks. */
function clientsOver(kubeconfig: ClientOptions, own: Client): (entry: ControllerEntry) => Client {
  const { tls = {}, server } = kubeconfig
  const withoutCertificate = () => {
    const { cert: _cert, key: _key, ...others } = typeof tls === 'function' ? tls() : tls
    return others
  }
  const transport = transportFor({ server, tls: withoutCertificate })
  return ({ name, serviceAccount }) => {
    const identity = new ControllerIdentity(serviceAccount, own, systemClock)
    return clientOver(transport, {
      token: () => identity.token(),
      onUnauthorized: () => identity.forget(),
      userAgent: `kube-controller-manager/${name}`,
    })
  }
}

await runComponent<Options>(program, run)
