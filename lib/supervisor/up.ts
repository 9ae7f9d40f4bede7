// `binnacle up`, as a person sees it: what happens, when, and what to try at the end.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../util/clock.ts'
import { UserError } from '../util/component.ts'
import { jsonEqual } from '../util/json-equal.ts'
import { type ClusterConfig, storeConfig } from './cluster-config.ts'
import { containerdSocket } from './components.ts'
import { checkMachine, prepareState } from './prepare.ts'
import { type ProcessSpec, runningProcesses, startProcess, stopProcess } from './processes.ts'
import { httpsGet, listens, nodeIsReady, untilTrue } from './ready.ts'

export interface UpOptions {
  config: ClusterConfig
  /** As the last `up` had it. */
  stored: ClusterConfig | undefined
  /** The command that runs the supervisor in the background. */
  supervisor: ProcessSpec
  /** Puts the local images into containerd; answers their names, or nothing when all were there. */
  importImages(socket: string): Promise<string[]>
  clock: Clock
  print(line: string): void
  timeoutMs: number
}

export async function up(options: UpOptions): Promise<void> {
  const { config, clock, print } = options
  const startedAt = clock.now()
  const tell = (what: string, how: string) =>
    print(`${((clock.now() - startedAt) / 1000).toFixed(2).padStart(7)} s  ${what.padEnd(16)} ${how}`)
  checkMachine(config)
  await refuseOtherSettings(options)
  await storeConfig(config)
  print(`cluster ${config.clusterName} in ${config.stateDir}`)
  const made = await prepareState(config, clock)
  tell('certificates', made.length > 0 ? `${made.length} made` : 'in place')
  const wasRunning = await startSupervisor(options)
  // While it runs, a kubelet repeats an unchanged status only every five minutes.
  const sinceMs = wasRunning ? 0 : startedAt
  const deadline = AbortSignal.timeout(options.timeoutMs)
  try {
    await Promise.all([images(options, tell, deadline), untilReady(options, sinceMs, tell, deadline)])
  } catch (error) {
    if (!deadline.aborted) throw error
    throw new UserError(await whatIsMissing(options))
  }
  for (const line of whatToTry(config)) print(line)
}

/** Components keep the flags they were started with; half a cluster with others would be no cluster. */
async function refuseOtherSettings({ config, stored, supervisor }: UpOptions): Promise<void> {
  if (!stored || jsonEqual(stored, config)) return
  const running = await runningProcesses(config.stateDir)
  if (running.some(record => record.name === supervisor.name)) {
    throw new UserError('the cluster runs with other settings than these: `binnacle down` first')
  }
}

/** Answers whether one was running already. */
async function startSupervisor({ config, supervisor, clock }: UpOptions): Promise<boolean> {
  const running = await runningProcesses(config.stateDir)
  if (running.some(record => record.name === supervisor.name)) return true
  // Left by a supervisor that was killed: the new one starts its own.
  await Promise.all(running.map(record => stopProcess(config.stateDir, record, { clock, graceMs: 5000 })))
  const started = await startProcess(config.stateDir, supervisor)
  started.release()
  return false
}

type Tell = (what: string, how: string) => void

async function images({ config, importImages, clock }: UpOptions, tell: Tell, signal: AbortSignal): Promise<void> {
  if (config.runtime === 'simulated') return
  const path = containerdSocket(config)
  await untilTrue(() => listens({ path }), clock, signal)
  tell('containerd', 'ready')
  const imported = await importImages(path)
  tell('images', imported.length > 0 ? `imported ${imported.join(', ')}` : 'in place')
}

async function untilReady(
  { config, clock }: UpOptions,
  sinceMs: number,
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  const pki = (file: string) => readFile(join(config.stateDir, 'pki', file), 'utf8')
  const [ca, cert, key] = await Promise.all([pki('ca.crt'), pki('admin.crt'), pki('admin.key')])
  const server = `https://${config.nodeIP}:${config.securePort}`
  if (!config.etcdServers) {
    await untilTrue(() => listens({ host: config.nodeIP, port: config.etcdPort }), clock, signal)
    tell('etcd', `listens on ${config.nodeIP}:${config.etcdPort}`)
  }
  await untilTrue(async () => (await httpsGet(`${server}/readyz`, { ca })) !== undefined, clock, signal)
  tell('kube-apiserver', `ready at ${server}`)
  const node = `${server}/api/v1/nodes/${config.nodeName}`
  await untilTrue(async () => nodeIsReady(await httpsGet(node, { ca, cert, key }), sinceMs), clock, signal)
  tell(`node ${config.nodeName}`, 'Ready')
}

async function whatIsMissing({ config, timeoutMs }: UpOptions): Promise<string> {
  const running = (await runningProcesses(config.stateDir)).map(record => record.name)
  return `the cluster is not up after ${timeoutMs / 1000} s (running: ${running.sort().join(', ') || 'nothing'}); see ${join(config.stateDir, 'logs')}`
}

function whatToTry(config: ClusterConfig): string[] {
  return [
    '',
    `  export KUBECONFIG=${join(config.stateDir, 'admin.conf')}`,
    '',
    '  kubectl get nodes -o wide',
    '  kubectl apply -f deploy/examples/web.yaml',
    '  kubectl get pods -o wide --watch',
  ]
}
