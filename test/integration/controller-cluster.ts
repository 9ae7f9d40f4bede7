// Controllers at work for a test: a real API server over a real etcd, the controllers reading from etcd and writing as
// their own ServiceAccounts, and a stand-in for nodes that makes pods ready and lets them end.

import type { KubeObject } from '../../lib/api/meta.ts'
import type { ResourceDefinition } from '../../lib/api/resource.ts'
import type { Client } from '../../lib/client/client.ts'
import { clientOver, connect, transportFor } from '../../lib/client/http-client.ts'
import { Informers } from '../../lib/client/informers.ts'
import type { ControllerOptions } from '../../lib/controller/context.ts'
import { ControllerIdentity } from '../../lib/controller/identity.ts'
import { runControllers } from '../../lib/controller/run-controllers.ts'
import { controllers } from '../../lib/controllers/index.ts'
import { type Pod, pods } from '../../lib/kinds/core/pod.ts'
import { builtinKinds } from '../../lib/kinds/index.ts'
import { connectEtcd } from '../../lib/storage/etcd-kv.ts'
import { kvWatchSource } from '../../lib/storage/kv-watch-source.ts'
import { rfc3339, systemClock } from '../../lib/util/clock.ts'
import { createLogger } from '../../lib/util/log.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { type Etcd, startEtcd } from '../harness/etcd.ts'

// Set BINNACLE_TEST_LOG=debug to see what the controllers say.
const log = createLogger({ component: 'controllers', level: process.env.BINNACLE_TEST_LOG ?? 'silent' })

export interface ControllerCluster {
  api: TestApiServer
  etcd: Etcd
  /** As the admin. */
  client: Client
  /** Whether pods become ready by themselves. */
  podsBecomeReady: boolean
  stop(): Promise<void>
}

const defaults: ControllerOptions = {
  rootCa: 'the CA\n',
  clusterCidr: '10.244.0.0/16',
  nodeCidrMaskSize: 24,
  nodeMonitorGracePeriodMs: 50_000,
  nodeStartupGracePeriodMs: 60_000,
  terminatedPodGcThreshold: 12_500,
}

/** `shared` is an etcd that outlives the cluster. */
export async function startControllerCluster(
  options: Partial<ControllerOptions> = {},
  shared?: Etcd,
): Promise<ControllerCluster> {
  const etcd = shared ?? (await startEtcd())
  const api = await startApiServer({ etcd })
  const client = connect({ server: api.url, tls: { ca: api.caCert, ...api.admin } })
  const stopping = new AbortController()
  const kv = connectEtcd(etcd.clientOptions)
  const informers = () =>
    new Informers({
      source: <T extends KubeObject>(def: ResourceDefinition<T>) => kvWatchSource(kv, '/registry/', def),
      log,
    })
  const transport = transportFor({ server: api.url, tls: { ca: api.caCert } })
  const running = runControllers(
    {
      entries: controllers,
      clientFor: ({ serviceAccount }) => {
        const identity = new ControllerIdentity(serviceAccount, client, systemClock)
        return clientOver(transport, { token: () => identity.token(), onUnauthorized: () => identity.forget() })
      },
      informers: informers(),
      kinds: builtinKinds,
      options: { ...defaults, ...options },
      clock: systemClock,
      log,
    },
    stopping.signal,
  )
  const cluster: ControllerCluster = {
    api,
    etcd,
    client,
    podsBecomeReady: true,
    async stop() {
      stopping.abort()
      await Promise.allSettled([running, nodes])
      transport.close()
      client.close()
      kv.close()
      await api.stop()
      if (!shared) await etcd.stop()
    },
  }
  const nodes = runPods(cluster, informers(), stopping.signal)
  return cluster
}

/** What a kubelet does to a pod, as far as controllers can see: it runs, is ready, and when deleted ends at once. */
async function runPods(cluster: ControllerCluster, informers: Informers, signal: AbortSignal): Promise<void> {
  informers.of(pods).onChange((_old, pod) => {
    if (!pod) return
    advance(cluster, pod).catch(() => {
      // Changed or gone meanwhile: the next event tells.
    })
  })
  await informers.run(signal)
}

async function advance({ client, podsBecomeReady }: ControllerCluster, pod: Pod): Promise<void> {
  const { namespace = '', name = '' } = pod.metadata
  if (pod.metadata.deletionTimestamp) return client.delete(pods, { namespace, name }, { gracePeriodSeconds: 0 })
  if (pod.status?.phase === 'Running' || !podsBecomeReady) return
  const now = rfc3339(Date.now())
  const status = {
    ...pod.status,
    phase: 'Running',
    podIP: '10.244.0.9',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now }],
  }
  await client.update(pods, { ...pod, status }, { subresource: 'status' })
}

/** A Deployment of `replicas` pods whose image is `image`. */
export function deployment(name: string, replicas: number, image: string) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'default', name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'c', image }], terminationGracePeriodSeconds: 1 },
      },
    },
  }
}
