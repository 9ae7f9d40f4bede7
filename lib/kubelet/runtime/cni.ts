// Pod networks by the CNI contract: plugins are programs that read a configuration and answer JSON.
// https://github.com/containernetworking/cni/blob/spec-v0.4.0/SPEC.md

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ExecError, exec } from '../../util/exec.ts'
import type { PortMapping } from './runtime.ts'

export interface PluginConfig {
  type: string
  capabilities?: Record<string, boolean>
  [option: string]: unknown
}

export interface NetworkConfig {
  cniVersion: string
  name: string
  plugins: PluginConfig[]
}

export interface CniResult {
  ips?: { address: string; gateway?: string }[]
  [member: string]: unknown
}

/** Where a pod is joined to its network. `netns`: empty when it is gone. */
export interface Attachment {
  containerId: string
  netns: string
  pod: { namespace: string; name: string; uid: string }
  portMappings: PortMapping[]
}

export interface BridgeNetwork {
  name: string
  bridge: string
  podCidr: string
  /** Where host-local keeps which address is whose. */
  dataDir: string
}

/** Ours, when no other is configured. Masquerading and host ports are rules of our own for all pods: pod-rules.ts. */
export function bridgeNetwork({ name, bridge, podCidr, dataDir }: BridgeNetwork): NetworkConfig {
  const ipam = { type: 'host-local', ranges: [[{ subnet: podCidr }]], routes: [{ dst: '0.0.0.0/0' }], dataDir }
  const plugin = { type: 'bridge', bridge, isGateway: true, ipMasq: false, hairpinMode: true, ipam }
  return { cniVersion: '0.4.0', name, plugins: [plugin] }
}

export const loopbackNetwork: NetworkConfig = { cniVersion: '0.4.0', name: 'lo', plugins: [{ type: 'loopback' }] }

/** The first by name of a directory of `.conflist` and `.conf` files; undefined when there is none. */
export async function readNetwork(directory: string): Promise<NetworkConfig | undefined> {
  const file = (await readdir(directory)).filter(name => /\.(conflist|conf|json)$/.test(name)).sort()[0]
  if (!file) return undefined
  const config = JSON.parse(await readFile(join(directory, file), 'utf8'))
  return config.plugins ? config : { cniVersion: config.cniVersion, name: config.name, plugins: [config] }
}

/** What one plugin reads on its standard input. Pure. */
export function pluginInput(
  network: NetworkConfig,
  plugin: PluginConfig,
  portMappings: PortMapping[],
  prevResult: CniResult | undefined,
): object {
  const { capabilities, ...options } = plugin
  return {
    cniVersion: network.cniVersion,
    name: network.name,
    ...options,
    ...(capabilities?.portMappings && portMappings.length > 0
      ? {
          runtimeConfig: {
            portMappings: portMappings.map(mapping => ({ ...mapping, protocol: mapping.protocol.toLowerCase() })),
          },
        }
      : {}),
    ...(prevResult ? { prevResult } : {}),
  }
}

type Command = 'ADD' | 'DEL' | 'CHECK'

export class Cni {
  readonly #binDir: string

  constructor(binDir: string) {
    this.#binDir = binDir
  }

  /** Each plugin in order, given its predecessor's result. */
  async add(network: NetworkConfig, at: Attachment, ifName = 'eth0', signal?: AbortSignal): Promise<CniResult> {
    let result: CniResult | undefined
    for (const plugin of network.plugins) {
      const input = pluginInput(network, plugin, at.portMappings, result)
      result = JSON.parse(await this.#run('ADD', plugin.type, input, at, ifName, signal))
    }
    return result ?? {}
  }

  /** In the reverse order; may be done again. */
  async del(network: NetworkConfig, at: Attachment, result?: CniResult, ifName = 'eth0'): Promise<void> {
    for (const plugin of network.plugins.toReversed()) {
      await this.#run('DEL', plugin.type, pluginInput(network, plugin, at.portMappings, result), at, ifName)
    }
  }

  /** Throws when the pod's network is not as `result` says. */
  async check(network: NetworkConfig, at: Attachment, result: CniResult, ifName = 'eth0'): Promise<void> {
    for (const plugin of network.plugins) {
      await this.#run('CHECK', plugin.type, pluginInput(network, plugin, at.portMappings, result), at, ifName)
    }
  }

  async #run(command: Command, type: string, input: object, at: Attachment, ifName: string, signal?: AbortSignal) {
    const { namespace, name, uid } = at.pod
    const env = {
      PATH: process.env.PATH,
      CNI_COMMAND: command,
      CNI_CONTAINERID: at.containerId,
      CNI_NETNS: at.netns,
      CNI_IFNAME: ifName,
      CNI_PATH: this.#binDir,
      CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=${name};K8S_POD_INFRA_CONTAINER_ID=${at.containerId};K8S_POD_UID=${uid}`,
    }
    try {
      const options = { env, input: JSON.stringify(input), ...(signal ? { signal } : {}) }
      return (await exec(join(this.#binDir, type), [], options)).stdout
    } catch (cause) {
      throw new Error(`plugin type="${type}" failed (${command.toLowerCase()}): ${pluginMessage(cause)}`, { cause })
    }
  }
}

/** A plugin reports its failure as JSON on standard output. */
function pluginMessage(error: unknown): string {
  if (!(error instanceof ExecError)) return String(error)
  try {
    const { msg, details } = JSON.parse(error.stdout)
    return details ? `${msg}: ${details}` : msg
  } catch {
    return error.message
  }
}

export function addresses(result: CniResult): string[] {
  return (result.ips ?? []).map(({ address }) => address.split('/')[0] ?? '')
}
