// Where the runtime finds things and what it may call its own. Everything it makes outside `stateDir` is named after
// the cluster.

import { join } from 'node:path'

export interface CtrRuntimeOptions {
  /** containerd's. */
  socket: string
  /** containerd's namespace; Kubernetes' is `k8s.io`. */
  namespace?: string
  /** Records, mounts, logs' helper; ours alone. */
  stateDir: string
  clusterName: string
  /** The cgroup below which all of the cluster's stand. */
  cgroupRoot: string
  bridge: string
  cniBinDir?: string
  /** Another network than our bridge. */
  cniConfDir?: string
  /** The node's; undefined until the control plane has given one. */
  podCidr(): string | undefined
  /** Reached from pods without masquerading, beyond the node's own. */
  clusterCidrs?: string[]
}

/** The label on every container of ours in containerd: its value is the cluster's name. */
export const clusterLabel = 'binnacle.io/cluster'

export function statePaths({ stateDir }: Pick<CtrRuntimeOptions, 'stateDir'>) {
  return {
    sandboxes: join(stateDir, 'sandboxes'),
    containers: join(stateDir, 'containers'),
    cni: join(stateDir, 'cni'),
    bin: join(stateDir, 'bin'),
  }
}

export function netnsName(clusterName: string, sandboxId: string): string {
  return `${clusterName}-${sandboxId.slice(0, 13)}`
}

/** nft's names have no dots. */
export function nftTable(clusterName: string): string {
  return `${clusterName.replace(/[^A-Za-z0-9_-]/g, '-')}-pods`
}
