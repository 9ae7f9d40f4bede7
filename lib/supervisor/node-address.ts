// The node's own address on the loopback interface, for clusters that live on one machine.

import { ExecError, exec } from '../util/exec.ts'

/** Ours to add and to remove: an address of the machine's networks is left alone. */
export function isOwnAddress(ip: string): boolean {
  return ip.startsWith('10.95.')
}

export async function addNodeAddress(ip: string): Promise<void> {
  if (isOwnAddress(ip)) await exec('ip', ['address', 'replace', `${ip}/32`, 'dev', 'lo'])
}

export async function removeNodeAddress(ip: string): Promise<void> {
  if (!isOwnAddress(ip)) return
  try {
    await exec('ip', ['address', 'delete', `${ip}/32`, 'dev', 'lo'])
  } catch (error) {
    if (!(error instanceof ExecError && saysAbsent(error.stderr))) throw error
  }
}

/** Old and new kernels have their own words for it. */
export function saysAbsent(stderr: string): boolean {
  return /Cannot assign requested address|Address not found/.test(stderr)
}
