// `binnacle down`: every process stopped, everything a node put on the machine removed; the data stays.

import { readFile } from 'node:fs/promises'
import type { Clock } from '../util/clock.ts'
import { exec } from '../util/exec.ts'
import type { ClusterConfig } from './cluster-config.ts'
import { removeNodeAddress } from './node-address.ts'
import { type ProcessRecord, runningProcesses, stopProcess } from './processes.ts'

export interface DownOptions {
  config: ClusterConfig
  /** Removes containers, networks and cgroups; needs containerd, and starts it when it is not there. */
  purgeRuntime(): Promise<void>
  clock: Clock
  print(line: string): void
}

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
  if (config.runtime === 'ctr') {
    await purgeRuntime()
    print('removed containers, networks and cgroups')
  }
  for (const record of await runningProcesses(stateDir)) await stop(record)
  await unmountBelow(stateDir)
  await removeNodeAddress(config.nodeIP)
}

/** Volumes that live in memory, and whatever a killed process left mounted; the innermost first. */
async function unmountBelow(dir: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map(line => (line.split(' ')[1] ?? '').replace(/\\040/g, ' '))
    .filter(path => path.startsWith(`${dir}/`))
  for (const path of mounts.reverse()) await exec('umount', ['--lazy', path])
}
