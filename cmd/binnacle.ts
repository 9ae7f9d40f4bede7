// binnacle: brings a whole cluster up and down on this machine.

import { readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import {
  bridgeName,
  type ClusterConfig,
  defaultStateDir,
  loadConfig,
  withWishes,
} from '../lib/supervisor/cluster-config.ts'
import { components, containerdSocket, etcdEndpoints } from '../lib/supervisor/components.ts'
import { down } from '../lib/supervisor/down.ts'
import { runningProcesses } from '../lib/supervisor/processes.ts'
import { supervise } from '../lib/supervisor/supervisor.ts'
import { up } from '../lib/supervisor/up.ts'
import { inBackground } from '../lib/util/async.ts'
import { systemClock } from '../lib/util/clock.ts'
import { UserError } from '../lib/util/component.ts'
import { collectWhenIdle } from '../lib/util/idle-collection.ts'
import { createLogger } from '../lib/util/log.ts'

const binDir = import.meta.dirname
const print = (line: string) => process.stdout.write(`${line}\n`)

interface StateOption {
  stateDir: string
}

const program = new Command('binnacle')
  .description('A real Kubernetes cluster on this machine')
  .version('0.1.0')
  .option('--state-dir <dir>', 'where everything of the cluster lives', process.env.BINNACLE_STATE ?? defaultStateDir)

const stateDir = () => resolve(program.opts<StateOption>().stateDir)

async function presentCluster(): Promise<ClusterConfig> {
  const config = await loadConfig(stateDir())
  if (!config) throw new UserError(`there is no cluster in ${stateDir()}; \`binnacle up\` makes one`)
  return config
}

program
  .command('up')
  .description('start the cluster, making it the first time; returns when its node is Ready')
  .option('--cluster-name <name>', 'names what the cluster puts on the machine')
  .option('--node-name <name>', "the node's name; defaults to the host's")
  .option('--node-ip <ip>', 'the address everything listens on; one of 10.95.0.0/16 is made on the loopback interface')
  .option('--secure-port <port>', 'of the API server', Number)
  .option('--etcd-port <port>', 'of etcd; its peers use the next', Number)
  .option('--kubelet-port <port>', 'of the kubelet', Number)
  .option('--cluster-cidr <cidr>', 'addresses of pods')
  .option('--service-cluster-ip-range <cidr>', 'addresses of services')
  .option('--cluster-domain <domain>', 'the domain of service names')
  .option('--etcd-servers <urls>', "somebody else's etcd; certificates for it go into pki/etcd")
  .option('--containerd-address <socket>', "somebody else's containerd")
  .option('--runtime <name>', 'ctr, or simulated: pods run in name only')
  .option('--timeout <seconds>', 'how long to wait for the node to be Ready', Number, 120)
  .action(async flags => {
    const { timeout, clusterCidr, serviceClusterIpRange, nodeIp, ...same } = flags
    const wanted = {
      ...same,
      ...(nodeIp ? { nodeIP: nodeIp } : {}),
      ...(clusterCidr ? { podCidr: clusterCidr } : {}),
      ...(serviceClusterIpRange ? { serviceCidr: serviceClusterIpRange } : {}),
    }
    const stored = await loadConfig(stateDir())
    const config = withWishes(stateDir(), stored, wanted)
    await up({
      config,
      stored,
      supervisor: {
        name: 'supervisor',
        command: process.execPath,
        args: ['--enable-source-maps', join(binDir, 'binnacle.js'), '--state-dir', config.stateDir, 'supervise'],
      },
      importImages: socket => importImages(config, socket),
      clock: systemClock,
      print,
      timeoutMs: timeout * 1000,
    })
  })

program
  .command('supervise', { hidden: true })
  .description('keep the components running; what `up` starts in the background')
  .action(async () => {
    const config = await presentCluster()
    const stop = new AbortController()
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort())
    const log = createLogger({ component: 'supervisor' })
    inBackground(log, 'collecting when idle', collectWhenIdle({}, stop.signal), stop.signal)
    await supervise(
      {
        config,
        components: components(config, { binDir, node: process.execPath }),
        enableEtcdAuth: () => enableAuth(config),
        clock: systemClock,
        log,
      },
      stop.signal,
    )
  })

program
  .command('down')
  .description('stop the cluster and remove what it put on the machine; its data stays')
  .action(async () => {
    const config = await loadConfig(stateDir())
    if (!config) {
      print(`there is no cluster in ${stateDir()}`)
      return
    }
    await stop(config)
  })

program
  .command('reset')
  .description('stop the cluster and forget its data')
  .action(async () => {
    const config = await loadConfig(stateDir())
    if (!config) {
      print(`there is no cluster in ${stateDir()}`)
      return
    }
    await stop(config)
    await forget(config.stateDir)
    print(`removed ${config.stateDir}`)
  })

program
  .command('status')
  .description('what runs')
  .action(async () => {
    const config = await presentCluster()
    const running = await runningProcesses(config.stateDir)
    const known = ['supervisor', ...components(config, { binDir, node: process.execPath }).map(({ name }) => name)]
    for (const name of known) {
      const record = running.find(candidate => candidate.name === name)
      print(`${name.padEnd(26)} ${record ? `running, pid ${record.pid}` : 'not running'}`)
    }
    if (running.length < known.length) process.exitCode = 1
  })

async function stop(config: ClusterConfig): Promise<void> {
  await down({ config, purgeRuntime: () => purgeRuntime(config), clock: systemClock, print })
}

/** The directory may be a mount or somebody's choice: what is in it goes, it stays if it cannot be removed. */
async function forget(dir: string): Promise<void> {
  const entries = await readdir(dir)
  await Promise.all(entries.map(entry => rm(join(dir, entry), { recursive: true, force: true })))
  await rm(dir, { recursive: true, force: true })
}

// What only some commands need is loaded by them: `up` must be quick.

async function enableAuth(config: ClusterConfig): Promise<void> {
  const { enableEtcdAuth } = await import('../lib/storage/etcd-auth.ts')
  const { readFile } = await import('node:fs/promises')
  const pem = (file: string) => readFile(join(config.stateDir, 'pki/etcd', file), 'utf8')
  const [ca, cert, key] = await Promise.all([pem('ca.crt'), pem('root.crt'), pem('root.key')])
  await enableEtcdAuth({ endpoints: [etcdEndpoints(config)], ca, cert, key }, '/registry/')
}

async function importImages(_config: ClusterConfig, socket: string): Promise<string[]> {
  const { importLocalImages } = await import('../deploy/images/import.ts')
  return importLocalImages({ socket, dir: join(binDir, 'images') })
}

async function purgeRuntime(config: ClusterConfig): Promise<void> {
  const { purge } = await import('../lib/kubelet/runtime/purge.ts')
  await purge({
    socket: containerdSocket(config),
    stateDir: config.stateDir,
    clusterName: config.clusterName,
    bridge: bridgeName(config),
    cgroupRoot: config.clusterName,
  })
}

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof UserError)) process.stderr.write(`${(error as Error).stack}\n`)
  process.stderr.write(`binnacle: ${(error as Error).message}\n`)
  process.exitCode = 1
}
