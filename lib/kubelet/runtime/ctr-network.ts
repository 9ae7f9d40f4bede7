// The node's pod network: ready when it knows its pods' addresses; joins sandboxes to it and frees them again.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ExecError, exec } from '../../util/exec.ts'
import {
  type Attachment,
  addresses,
  bridgeNetwork,
  Cni,
  type CniResult,
  loopbackNetwork,
  type NetworkConfig,
  readNetwork,
} from './cni.ts'
import { type CtrRuntimeOptions, nftTable, statePaths } from './ctr-options.ts'
import { KeyedLock } from './keyed-lock.ts'
import { applyPodRules, type HostPort, podRules, removeTable } from './pod-rules.ts'
import { networkNotReady } from './runtime.ts'

/** Kept with the sandbox, so that it is freed as it was made. */
export interface SandboxNetwork {
  config: NetworkConfig
  at: Attachment
  result?: CniResult
}

export class CtrNetwork {
  readonly #options: CtrRuntimeOptions
  readonly #cni: Cni
  readonly #lock = new KeyedLock()
  /** The rules in force, so that pods without host ports change nothing. */
  #rules = ''

  constructor(options: CtrRuntimeOptions) {
    this.#options = options
    this.#cni = new Cni(options.cniBinDir ?? '/usr/lib/cni')
  }

  /** What the node's Ready condition shows while there is no network. */
  async notReadyReason(): Promise<string | undefined> {
    if (await this.#config()) return undefined
    return networkNotReady
  }

  /** Written into the sandbox's record before `join`. Throws Error while the network is not ready. */
  async plan(at: Attachment): Promise<SandboxNetwork> {
    const config = await this.#config()
    if (!config) throw new Error('cni plugin not initialized')
    return { config, at }
  }

  async join({ config, at }: SandboxNetwork, signal: AbortSignal): Promise<{ result: CniResult; ips: string[] }> {
    const [result] = await Promise.all([
      this.#cni.add(config, at, 'eth0', signal),
      this.#cni.add(loopbackNetwork, at, 'lo', signal),
    ])
    return { result, ips: addresses(result) }
  }

  async leave({ config, at, result }: SandboxNetwork): Promise<void> {
    await this.#cni.del(config, at, result)
  }

  /** Brings the node's rules in line with `hostPorts`, all there are. Nothing to do for a network that is not ours. */
  async apply(hostPorts: () => HostPort[]): Promise<void> {
    const { cniConfDir, podCidr, clusterName, clusterCidrs = [], bridge } = this.#options
    const cidr = podCidr()
    if (cniConfDir || !cidr) return
    await this.#lock.run('rules', async () => {
      const rules = { table: nftTable(clusterName), podCidr: cidr, clusterCidrs, hostPorts: hostPorts() }
      const text = podRules(rules)
      if (text === this.#rules) return
      // What the node itself sends to 127.0.0.1:<host port> leaves for the pod from there.
      if (rules.hostPorts.length > 0) await writeFile(`/proc/sys/net/ipv4/conf/${bridge}/route_localnet`, '1')
      await applyPodRules(rules)
      this.#rules = text
    })
  }

  /** The bridge, the table and what host-local kept. Every sandbox has left. */
  async remove(): Promise<void> {
    const { bridge, clusterName } = this.#options
    await ignoring(/Cannot find device/, exec('ip', ['link', 'delete', bridge]))
    await removeTable(nftTable(clusterName))
    await rm(statePaths(this.#options).cni, { recursive: true, force: true })
  }

  async #config(): Promise<NetworkConfig | undefined> {
    const { podCidr, cniConfDir, clusterName, bridge } = this.#options
    if (cniConfDir) return readNetwork(cniConfDir)
    const cidr = podCidr()
    if (!cidr) return undefined
    const dataDir = join(statePaths(this.#options).cni, 'networks')
    await mkdir(dataDir, { recursive: true })
    return bridgeNetwork({ name: clusterName, bridge, podCidr: cidr, dataDir })
  }
}

async function ignoring(message: RegExp, work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof ExecError && message.test(error.stderr))) throw error
  }
}
