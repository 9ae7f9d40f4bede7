// What must stand before the first process starts: programs, certificates, kubeconfigs, the node's address. Each step
// may be run again.

import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { ensureClusterPki, type PkiChange } from '../pki/cluster-pki.ts'
import { writeKubeconfig } from '../pki/kubeconfig.ts'
import type { Clock } from '../util/clock.ts'
import { UserError } from '../util/component.ts'
import { type ClusterConfig, firstAddress } from './cluster-config.ts'
import { containerdToml } from './components.ts'
import { addNodeAddress } from './node-address.ts'

/** Throws UserError when this machine lacks what the cluster needs. */
export function checkMachine(config: ClusterConfig): void {
  if (process.getuid?.() !== 0) throw new UserError('a node needs root: run this as root, or with sudo')
  const programs = [
    ...(config.etcdServers ? [] : ['etcd']),
    ...(config.runtime === 'simulated' ? [] : ['ctr', 'runc', 'ip', 'nft']),
    ...(config.runtime === 'simulated' || config.containerdAddress ? [] : ['containerd']),
  ]
  const missing = programs.filter(program => !onPath(program))
  if (missing.length > 0) {
    throw new UserError(`not on PATH: ${missing.join(', ')}; \`make prepare\` installs them on Debian`)
  }
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some(dir => existsSync(join(dir, program)))
}

/** Answers which certificates were made. */
export async function prepareState(config: ClusterConfig, clock: Clock): Promise<PkiChange[]> {
  const { stateDir, nodeName } = config
  const pkiDir = join(stateDir, 'pki')
  await mkdir(pkiDir, { recursive: true, mode: 0o700 })
  await mkdir(join(stateDir, 'etcd'), { recursive: true, mode: 0o700 })
  await mkdir(join(stateDir, 'containerd'), { recursive: true, mode: 0o711 })
  const changes = await ensureClusterPki(
    pkiDir,
    {
      nodeName,
      advertiseAddress: config.nodeIP,
      serviceAddress: firstAddress(config.serviceCidr),
      clusterDomain: config.clusterDomain,
    },
    clock.now(),
  )
  const server = `https://${config.nodeIP}:${config.securePort}`
  const kubeconfigs: [file: string, user: string, credentials: string][] = [
    ['admin.conf', 'kubernetes-admin', 'admin'],
    ['super-admin.conf', 'kubernetes-super-admin', 'super-admin'],
    ['controller-manager.conf', 'system:kube-controller-manager', 'controller-manager'],
    ['scheduler.conf', 'system:kube-scheduler', 'scheduler'],
    ['kubelet.conf', `system:node:${nodeName}`, `kubelet-${nodeName}`],
  ]
  for (const [file, user, credentials] of kubeconfigs) {
    const options = { cluster: config.clusterName, server, user, pkiDir, credentials }
    await writeKubeconfig(join(stateDir, file), options)
  }
  await writeFile(join(stateDir, 'containerd/config.toml'), containerdToml(config))
  await addNodeAddress(config.nodeIP)
  return changes
}
