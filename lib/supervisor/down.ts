// `binnacle down`: every process stopped, everything a node put on the machine removed; the data stays.

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../util/clock.ts'
import { UserError } from '../util/component.ts'
import { exec } from '../util/exec.ts'
import type { ClusterConfig } from './cluster-config.ts'
import { containerd, containerdSocket } from './components.ts'
import { removeNodeAddress } from './node-address.ts'
import { type ProcessRecord, runningProcesses, startProcess, stopProcess } from './processes.ts'
import { listens, untilTrue } from './ready.ts'

export interface DownOptions {
  config: ClusterConfig
  /** Removes containers, networks and cgroups; needs containerd. */
  purgeRuntime(): Promise<void>
  clock: Clock
  print(line: string): void
}

const startWithinMs = 30_000

/** The supervisor first, so that nothing is started again; the store and the runtime last. */
const order = ['supervisor', 'kubelet', 'kube-scheduler', 'kube-controller-manager', 'kube-apiserver']

export async function down({ config, purgeRuntime, clock, print }: DownOptions): Promise<void> {
  const { stateDir } = config
  const stop = async (record: ProcessRecord) => {
    await stopProcess(stateDir, record, { clock, graceMs: 10_000 })
    print(`stopped ${record.name}`)
  }
  const running = await runningProcesses(stateDir)
  for (const name of order) {
    const record = running.find(candidate => candidate.name === name)
    if (record) await stop(record)
  }
  try {
    if (await containerdAnswers(config, clock)) {
      await purgeRuntime()
      print('removed containers, networks and cgroups')
    }
  } finally {
    for (const record of await runningProcesses(stateDir)) await stop(record)
  }
  await unmountBelow(stateDir)
  await removeNodeAddress(config.nodeIP)
}

/** Ours is started when it does not run: what it knows outlives it, and the machine. False: there never was one. */
async function containerdAnswers(config: ClusterConfig, clock: Clock): Promise<boolean> {
  const { stateDir, runtime, containerdAddress } = config
  if (runtime === 'simulated') return false
  const path = containerdSocket(config)
  if (containerdAddress || (await listens({ path }))) return true
  if (!existsSync(join(stateDir, 'containerd/config.toml'))) return false
  const { release } = await startProcess(stateDir, containerd(config))
  release()
  const deadline = AbortSignal.timeout(startWithinMs)
  await untilTrue(() => listens({ path }), clock, deadline).catch(error => {
    if (!deadline.aborted) throw error
    throw new UserError(`containerd does not start; see ${join(stateDir, 'logs/containerd.log')}`)
  })
  return true
}

/** Volumes that live in memory, and whatever a killed process left mounted; the innermost first. */
async function unmountBelow(dir: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map(line => (line.split(' ')[1] ?? '').replace(/\\040/g, ' '))
    .filter(path => path.startsWith(`${dir}/`))
  for (const path of mounts.reverse()) await exec('umount', ['--lazy', path])
}
