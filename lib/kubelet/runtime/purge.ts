// Everything of a cluster on this node taken away, also what no record names: for `make down`, when no kubelet runs.

import { readdir, rm } from 'node:fs/promises'
import { type Clock, systemClock } from '../../util/clock.ts'
import { type Logger, silentLogger } from '../../util/log.ts'
import { Cgroups } from '../cgroups.ts'
import { openCtrRuntime } from './ctr.ts'
import { Ctr } from './ctr-command.ts'
import { CtrNetwork } from './ctr-network.ts'
import { type CtrRuntimeOptions, clusterLabel, statePaths } from './ctr-options.ts'
import { unmountTree } from './mount-points.ts'
import { removeNetns } from './namespaces.ts'
import { endShim, findShims } from './shims.ts'

export type PurgeOptions = Omit<CtrRuntimeOptions, 'podCidr'>

/** Needs containerd. Images stay. May be called again; throws when something could not be removed. */
export async function purge(of: PurgeOptions, log = silentLogger, clock: Clock = systemClock): Promise<void> {
  const options: CtrRuntimeOptions = { ...of, podCidr: () => undefined }
  const { socket, namespace = 'k8s.io', clusterName, cgroupRoot } = options
  const ctr = new Ctr(socket, namespace)
  const failures: unknown[] = []
  // What fails does not keep the rest from being removed.
  for (const step of [
    () => removeRecorded(options, log, clock),
    () => removeUnrecorded(ctr, clusterName),
    () => endForgottenShims(ctr, clock),
    async () => endProcesses(await Cgroups.detect(cgroupRoot), clock),
    async () => Promise.all((await netnsOf(clusterName)).map(removeNetns)),
    () => new CtrNetwork(options).remove(),
    () => removeState(options),
  ]) {
    await step().catch(error => failures.push(error))
  }
  if (failures.length > 0) throw new AggregateError(failures, `not all was removed: ${failures.map(String).join('; ')}`)
}

async function removeRecorded(options: CtrRuntimeOptions, log: Logger, clock: Clock): Promise<void> {
  const runtime = await openCtrRuntime(options, log, clock)
  const signal = new AbortController().signal
  const { sandboxes } = await runtime.list(signal)
  await Promise.all(sandboxes.map(({ id }) => runtime.removeSandbox(id, signal)))
  // Those whose sandbox is gone.
  const { containers } = await runtime.list(signal)
  await Promise.all(containers.map(({ id }) => runtime.removeContainer(id, signal)))
}

async function removeState(options: CtrRuntimeOptions): Promise<void> {
  for (const directory of Object.values(statePaths(options))) {
    await unmountTree(directory)
    await rm(directory, { recursive: true, force: true })
  }
}

/** Containers with our label whose records are gone. */
async function removeUnrecorded(ctr: Ctr, clusterName: string): Promise<void> {
  const text = await ctr.run(['containers', 'ls', '--quiet', `labels."${clusterLabel}"==${clusterName}`])
  for (const id of text.split('\n').filter(Boolean)) {
    await ctr.runIfThere(['tasks', 'rm', '--force', id])
    await ctr.runIfThere(['containers', 'rm', id])
    await ctr.runIfThere(['snapshots', 'rm', id])
  }
}

/** Those of no container. Whoever else uses this containerd has a container as long as there is a shim. */
async function endForgottenShims(ctr: Ctr, clock: Clock): Promise<void> {
  const shims = await findShims(ctr)
  const known = new Set((await ctr.run(['containers', 'ls', '--quiet'])).split('\n'))
  await Promise.all(shims.filter(({ id }) => !known.has(id)).map(shim => endShim(shim, clock)))
}

async function endProcesses(cgroups: Cgroups, clock: Clock): Promise<void> {
  await cgroups.kill('/')
  await cgroups.remove('/', clock)
}

/** By the whole name, since one cluster's may begin with another's. */
async function netnsOf(clusterName: string): Promise<string[]> {
  try {
    const names = await readdir('/run/netns')
    return names.filter(
      name => name.startsWith(`${clusterName}-`) && /^[0-9a-f]{13}$/.test(name.slice(clusterName.length + 1)),
    )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
