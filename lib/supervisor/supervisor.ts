// The process behind `binnacle up`: starts the components in their order and keeps them running. When it is stopped they
// stay; `binnacle down` stops them, and a new supervisor starts them afresh.

import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import type { ClusterConfig } from './cluster-config.ts'
import type { ComponentSpec } from './components.ts'
import { startProcess } from './processes.ts'
import { httpsGet, listens, untilTrue } from './ready.ts'
import { keepRunning } from './supervise.ts'

export interface SupervisorOptions {
  config: ClusterConfig
  components: ComponentSpec[]
  /** Gives etcd its users and roles: once, before anybody else connects. */
  enableEtcdAuth(): Promise<void>
  clock: Clock
  log: Logger
}

export async function supervise(options: SupervisorOptions, signal: AbortSignal): Promise<void> {
  const { config, components, clock, log } = options
  const keep = (spec: ComponentSpec) =>
    keepRunning(spec, process => startProcess(config.stateDir, process), { clock, log }, signal)
  const isOurs = (spec: ComponentSpec) => spec.name === 'etcd' || spec.name === 'containerd'
  const running = components.filter(isOurs).map(keep)
  await protectEtcd(options, signal)
  running.push(...components.filter(spec => spec.stage === 1 && !isOurs(spec)).map(keep))
  const ca = await readFile(join(config.stateDir, 'pki/ca.crt'), 'utf8')
  const readyz = `https://${config.nodeIP}:${config.securePort}/readyz`
  await untilTrue(async () => (await httpsGet(readyz, { ca })) !== undefined, clock, signal)
  running.push(...components.filter(spec => spec.stage === 2).map(keep))
  await Promise.all(running)
}

/** Nothing to do for an etcd of somebody else, whose users are its operator's; see deploy/README.md. */
async function protectEtcd(options: SupervisorOptions, signal: AbortSignal): Promise<void> {
  const { config, clock } = options
  const done = join(config.stateDir, 'etcd', 'auth-enabled')
  if (config.etcdServers || existsSync(done)) return
  await untilTrue(() => listens({ host: config.nodeIP, port: config.etcdPort }), clock, signal)
  await options.enableEtcdAuth()
  await writeFile(done, '')
}
