// kube-scheduler: gives pending pods their nodes. Reads by watching etcd keys, writes through the API.

import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { Command } from 'commander'
import { Registry } from 'prom-client'
import { EventRecorder } from '../lib/client/events.ts'
import { connect } from '../lib/client/http-client.ts'
import { Informers } from '../lib/client/informers.ts'
import { readKubeconfig } from '../lib/client/kubeconfig.ts'
import { runAsLeader } from '../lib/client/leader-election.ts'
import { nodes } from '../lib/kinds/core/node.ts'
import { pods } from '../lib/kinds/core/pod.ts'
import { schedulerMetrics } from '../lib/scheduler/metrics.ts'
import { defaultPlugins } from '../lib/scheduler/plugins/index.ts'
import { Scheduler } from '../lib/scheduler/scheduler.ts'
import { type EtcdFlags, etcdOf, etcdPrefixOf, withEtcdFlags } from '../lib/storage/etcd-flags.ts'
import { kvWatchSource } from '../lib/storage/kv-watch-source.ts'
import { inBackground } from '../lib/util/async.ts'
import { systemClock } from '../lib/util/clock.ts'
import { type ComponentContext, runComponent } from '../lib/util/component.ts'
import { serveComponent } from '../lib/util/component-server.ts'
import { collectProcessMetrics } from '../lib/util/process-metrics.ts'

interface Options extends EtcdFlags {
  kubeconfig: string
  bindAddress: string
  securePort: number
  tlsCertFile: string
  tlsPrivateKeyFile: string
  clientCaFile: string
  leaderElect: string
}

const program = withEtcdFlags(new Command('kube-scheduler'))
  .description('Gives pending pods their nodes')
  .requiredOption('--kubeconfig <file>', 'how to reach the API server, and as whom')
  .option('--bind-address <ip>', 'where health and metrics are served', '0.0.0.0')
  .option('--secure-port <port>', 'of health and metrics', Number, 10259)
  .requiredOption('--tls-cert-file <file>', 'the serving certificate')
  .requiredOption('--tls-private-key-file <file>', 'its key')
  .requiredOption('--client-ca-file <file>', 'the CA of clients that may read metrics')
  .option('--leader-elect <bool>', 'one of several leads', 'true')

async function run(options: Options, { signal, log }: ComponentContext): Promise<void> {
  const client = connect({ ...readKubeconfig(options.kubeconfig), userAgent: 'kube-scheduler' })
  const clock = systemClock
  const registry = new Registry()
  collectProcessMetrics(registry)
  const metrics = schedulerMetrics(registry)
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
  const recorder = new EventRecorder({ client, component: 'default-scheduler', log, clock })
  inBackground(log, 'writing events', recorder.run(signal), signal)

  const lead = async (leading: AbortSignal) => {
    const kv = await etcdOf(options)
    const prefix = etcdPrefixOf(options)
    const informers = new Informers({ source: def => kvWatchSource(kv, prefix, def), log, clock })
    const scheduler = new Scheduler({
      name: 'default-scheduler',
      plugins: defaultPlugins,
      pods: informers.of(pods),
      nodes: informers.of(nodes),
      client,
      recorder,
      metrics,
      clock,
      log,
    })
    try {
      await Promise.all([informers.run(leading), scheduler.run(leading)])
    } finally {
      kv.close()
    }
  }
  if (options.leaderElect === 'false') await lead(signal)
  else {
    const identity = `${hostname()}_${randomUUID()}`
    const lease = { namespace: 'kube-system', name: 'kube-scheduler' }
    await runAsLeader({ client, lease, identity, log, events: recorder, clock }, lead, signal)
  }
  await server.closed
}

await runComponent<Options>(program, run)
