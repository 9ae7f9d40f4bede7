// What a cluster on this machine is: kept in its state directory, so that `down` and the next `up` know it again.

import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { UserError } from '../util/component.ts'

export interface ClusterConfig {
  stateDir: string
  /** Names bridge, cgroups and network namespaces, so that two clusters on a machine do not meet. */
  clusterName: string
  nodeName: string
  /**
   * The node's address, where every component listens. One of 10.95.0.0/16 is put on the loopback interface by us:
   * pods reach it, other machines do not, and it stays when the machine moves between networks.
   */
  nodeIP: string
  securePort: number
  etcdPort: number
  kubeletPort: number
  podCidr: string
  serviceCidr: string
  clusterDomain: string
  /** Somebody else's etcd or containerd; absent: one of our own. */
  etcdServers?: string
  containerdAddress?: string
  /** `ctr`, or `simulated` where containers cannot run. */
  runtime: 'ctr' | 'simulated'
}

export const defaultStateDir = '/var/lib/binnacle'

/** The defaults of a state directory: another directory gets another name and address. */
export function defaultConfig(stateDir: string): ClusterConfig {
  const hash = createHash('sha256').update(stateDir).digest()
  const isDefault = stateDir === defaultStateDir
  return {
    stateDir,
    clusterName: isDefault ? 'binnacle' : `binnacle-${hash.toString('hex').slice(0, 6)}`,
    nodeName: hostname().toLowerCase(),
    nodeIP: isDefault ? '10.95.0.1' : `10.95.${1 + (hash.readUInt8(0) % 254)}.${1 + (hash.readUInt8(1) % 254)}`,
    securePort: 6443,
    etcdPort: 2379,
    kubeletPort: 10250,
    podCidr: '10.244.0.0/16',
    serviceCidr: '10.96.0.0/12',
    clusterDomain: 'cluster.local',
    runtime: 'ctr',
  }
}

/** The stored configuration, if this directory holds a cluster. */
export async function loadConfig(stateDir: string): Promise<ClusterConfig | undefined> {
  const path = configPath(resolve(stateDir))
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return { ...defaultConfig(resolve(stateDir)), ...JSON.parse(text) }
  } catch (cause) {
    throw new UserError(`${path} is not JSON: ${(cause as Error).message}; mend it, or remove it to begin anew`)
  }
}

/** What is stored, or the defaults, and then what is asked for now. */
export function withWishes(
  stateDir: string,
  stored: ClusterConfig | undefined,
  wanted: Partial<ClusterConfig>,
): ClusterConfig {
  const absolute = resolve(stateDir)
  return { ...(stored ?? defaultConfig(absolute)), ...wanted, stateDir: absolute }
}

/** For `down`, and for the next time. */
export async function storeConfig(config: ClusterConfig): Promise<void> {
  await mkdir(config.stateDir, { recursive: true, mode: 0o755 })
  const path = configPath(config.stateDir)
  await writeFile(`${path}.new`, `${JSON.stringify(config, null, 2)}\n`)
  await rename(`${path}.new`, path)
}

function configPath(stateDir: string): string {
  return join(stateDir, 'cluster.json')
}

/** An interface name has 15 characters at most. */
export function bridgeName({ clusterName }: ClusterConfig): string {
  return clusterName === 'binnacle'
    ? 'binnacle0'
    : `bn${createHash('sha256').update(clusterName).digest('hex').slice(0, 8)}`
}

/** The first address of the service range, which is the API server's. */
export function firstAddress(cidr: string): string {
  const [network = '', bits = '32'] = cidr.split('/')
  const value = network.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const base = Number(bits) === 0 ? 0 : Math.floor(value / 2 ** (32 - Number(bits))) * 2 ** (32 - Number(bits))
  return addressOf(base + 1)
}

/** The tenth address of the service range, where cluster DNS is to be found, as kubeadm has it. */
export function dnsAddress(cidr: string): string {
  const first = firstAddress(cidr)
    .split('.')
    .reduce((sum, part) => sum * 256 + Number(part), 0)
  return addressOf(first + 9)
}

function addressOf(value: number): string {
  return [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.')
}
