// Facts about the machine: read once, since they do not change while it runs.

import { readFile, statfs } from 'node:fs/promises'
import { availableParallelism, machine, release, totalmem } from 'node:os'

export interface Machine {
  cpus: number
  memoryBytes: number
  diskBytes: number
  machineId: string
  systemUuid: string
  bootId: string
  kernelVersion: string
  osImage: string
  /** Go's word: amd64, arm64. */
  architecture: string
}

const architectures: Record<string, string> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  s390x: 's390x',
  ppc64: 'ppc64le',
}

/** `rootDir`: the directory whose file system holds pods' ephemeral storage. */
export async function readMachine(rootDir: string): Promise<Machine> {
  const { blocks, bsize } = await statfs(rootDir)
  return {
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    diskBytes: blocks * bsize,
    machineId: await word('/etc/machine-id'),
    systemUuid: (await word('/sys/class/dmi/id/product_uuid')).toLowerCase() || (await word('/etc/machine-id')),
    bootId: await word('/proc/sys/kernel/random/boot_id'),
    kernelVersion: release(),
    osImage: prettyName(await word('/etc/os-release')),
    architecture: architectures[process.arch] ?? machine(),
  }
}

/** '' for what this machine does not tell. */
async function word(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim()
}

function prettyName(osRelease: string): string {
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease)?.[1] ?? 'Linux'
}
