// NodePorts: a host port is taken once per address and protocol.

import type { Pod } from '../../kinds/core/pod.ts'
import { fits, type NodeInfo, rejects, type SchedulerPlugin } from '../framework.ts'

interface HostPort {
  ip: string
  protocol: string
  port: number
}

export const nodePorts: SchedulerPlugin = {
  name: 'NodePorts',
  requeueOn: ['node-added', 'pod-gone'],
  prepare: hostPorts,
  filter(_pod, node, wanted) {
    const ports = wanted as HostPort[]
    if (ports.length === 0) return fits
    return clashes(ports, node) ? rejects("node(s) didn't have free ports for the requested pod ports") : fits
  },
}

function hostPorts(pod: Pod): HostPort[] {
  const containers = [
    ...(pod.spec?.containers ?? []),
    ...(pod.spec?.initContainers ?? []).filter(container => container.restartPolicy === 'Always'),
  ]
  return containers.flatMap(container =>
    (container.ports ?? []).flatMap(({ hostPort, hostIP, protocol }) =>
      hostPort ? [{ ip: hostIP || '0.0.0.0', protocol: protocol ?? 'TCP', port: hostPort }] : [],
    ),
  )
}

function clashes(wanted: HostPort[], node: NodeInfo): boolean {
  for (const pod of node.pods.values()) {
    for (const taken of hostPorts(pod)) {
      if (wanted.some(port => isSame(port, taken))) return true
    }
  }
  return false
}

function isSame(a: HostPort, b: HostPort): boolean {
  const overlap = a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0'
  return overlap && a.port === b.port && a.protocol === b.protocol
}
