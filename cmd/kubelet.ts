// kubelet: runs the pods of its node.

import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { Command, Option } from 'commander'
import { connect } from '../lib/client/http-client.ts'
import { readKubeconfig } from '../lib/client/kubeconfig.ts'
import { Cgroups } from '../lib/kubelet/cgroups.ts'
import { type NodeAgentOptions, runNodeAgent } from '../lib/kubelet/node-agent.ts'
import { podsCgroup } from '../lib/kubelet/node-allocatable.ts'
import { openCtrRuntime } from '../lib/kubelet/runtime/ctr.ts'
import type { ContainerRuntime } from '../lib/kubelet/runtime/runtime.ts'
import { SimulatedRuntime } from '../lib/kubelet/runtime/simulated.ts'
import { systemClock } from '../lib/util/clock.ts'
import { type ComponentContext, runComponent, UserError } from '../lib/util/component.ts'
import type { Logger } from '../lib/util/log.ts'

interface Options {
  kubeconfig: string
  nodeIp: string
  hostnameOverride?: string
  rootDir: string
  logDir: string
  stateDir?: string
  address: string
  port: number
  tlsCertFile: string
  tlsPrivateKeyFile: string
  clientCaFile: string
  clusterDns: string
  clusterDomain: string
  resolvConf: string
  maxPods: number
  nodeLabels: string
  registerWithTaints: string
  runtime: 'ctr' | 'simulated'
  containerRuntimeEndpoint: string
  clusterName: string
  cgroupRoot: string
  bridge: string
  cniBinDir: string
}

const program = new Command('kubelet')
  .description('Runs the pods of its node')
  .requiredOption('--kubeconfig <file>', 'how to reach the API server, and as whom')
  .requiredOption('--node-ip <ips>', "the node's addresses, separated by commas")
  .option('--hostname-override <name>', "the node's name; the machine's host name if not given")
  .option('--root-dir <dir>', 'where pods keep their volumes', '/var/lib/binnacle/kubelet')
  .option('--log-dir <dir>', 'where containers write their logs', '/var/lib/binnacle/logs/pods')
  .option(
    '--state-dir <dir>',
    'where the runtime keeps what it must know again; the directory above --root-dir if not given',
  )
  .option('--address <ip>', 'where the kubelet answers', '0.0.0.0')
  .option('--port <port>', 'where the kubelet answers', Number, 10250)
  .requiredOption('--tls-cert-file <file>', 'the serving certificate')
  .requiredOption('--tls-private-key-file <file>', 'its key')
  .requiredOption('--client-ca-file <file>', 'the CA of clients')
  .option('--cluster-dns <ips>', 'name servers of pods, separated by commas', '')
  .option('--cluster-domain <domain>', 'the domain of the cluster', 'cluster.local')
  .option('--resolv-conf <file>', "the node's own resolver configuration", '/etc/resolv.conf')
  .option('--max-pods <number>', 'so many pods run here at most', Number, 110)
  .option('--node-labels <labels>', 'key=value, separated by commas', '')
  .option('--register-with-taints <taints>', 'key=value:effect, separated by commas', '')
  .addOption(new Option('--runtime <runtime>', 'what runs containers').choices(['ctr', 'simulated']).default('ctr'))
  .option('--container-runtime-endpoint <socket>', "containerd's socket", '/run/containerd/containerd.sock')
  .option('--cluster-name <name>', 'what the node makes outside its directories is named after it', 'binnacle')
  .option('--cgroup-root <cgroup>', 'the cgroup below which pods stand', 'binnacle')
  .option('--bridge <interface>', 'the bridge that pods are joined to', 'binnacle0')
  .option('--cni-bin-dir <dir>', 'where the CNI plugins stand', '/usr/lib/cni')

async function run(options: Options, { signal, log }: ComponentContext): Promise<void> {
  let podCidr: string | undefined
  const runtime = await makeRuntime(options, () => podCidr, log)
  const nodeName = (options.hostnameOverride ?? hostname()).toLowerCase()
  const client = connect({ ...readKubeconfig(options.kubeconfig), userAgent: 'kubelet' })
  const { address, port, tlsCertFile: certFile, tlsPrivateKeyFile: keyFile, clientCaFile } = options
  await runNodeAgent(
    {
      ...options,
      client,
      runtime,
      nodeName,
      nodeIPs: list(options.nodeIp),
      labels: Object.fromEntries(list(options.nodeLabels).map(parseLabel)),
      taints: list(options.registerWithTaints).map(parseTaint),
      clusterDns: list(options.clusterDns),
      server: { address, port, certFile, keyFile, clientCaFile },
      ...(await podLimits(options)),
      usePodCidrs: async ([first]) => {
        podCidr = first
      },
      clock: systemClock,
      log,
    },
    signal,
  )
}

async function makeRuntime(
  options: Options,
  podCidr: () => string | undefined,
  log: Logger,
): Promise<ContainerRuntime> {
  if (options.runtime === 'simulated')
    return new SimulatedRuntime({ clock: systemClock, log, registry: 'any', podCidr })
  const { containerRuntimeEndpoint, clusterName, cgroupRoot, bridge, cniBinDir, rootDir, stateDir } = options
  return openCtrRuntime(
    {
      socket: containerRuntimeEndpoint.replace(/^unix:\/\//, ''),
      stateDir: stateDir ?? dirname(rootDir),
      clusterName,
      cgroupRoot,
      bridge,
      cniBinDir,
      podCidr,
    },
    log,
  )
}

/** A simulated runtime has no processes to hold back. */
async function podLimits({ runtime, cgroupRoot }: Options): Promise<Pick<NodeAgentOptions, 'limitPods'>> {
  if (runtime === 'simulated') return {}
  const cgroups = await Cgroups.detect(cgroupRoot)
  return { limitPods: limits => cgroups.create(podsCgroup, limits) }
}

function list(text: string): string[] {
  return text.split(',').filter(Boolean)
}

function parseLabel(text: string): [string, string] {
  const [key = '', value = ''] = text.split('=')
  return [key, value]
}

function parseTaint(text: string): { key: string; value?: string; effect: string } {
  const [, key, value, effect] = /^([^=:]+)(?:=([^:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/.exec(text) ?? []
  if (!key || !effect) throw new UserError(`--register-with-taints: "${text}" is not key=value:effect`)
  return { key, ...(value ? { value } : {}), effect }
}

await runComponent<Options>(program, run)
