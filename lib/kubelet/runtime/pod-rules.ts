// How pods meet the world: under the node's address outwards, by host ports inwards. One nft table of the cluster,
// rendered whole from what there is, where CNI's plugins would leave iptables chains a pod, shared with everybody.

import { ExecError, exec } from '../../util/exec.ts'

export interface HostPort {
  protocol: 'TCP' | 'UDP' | 'SCTP'
  hostPort: number
  /** Absent: every address of the node. */
  hostIP?: string
  podIP: string
  containerPort: number
}

export interface PodRules {
  table: string
  podCidr: string
  /** Traffic to these keeps the pod's own address. */
  clusterCidrs: string[]
  hostPorts: HostPort[]
}

/** For `nft -f`: replaces what the table held, in one transaction. */
export function podRules({ table, podCidr, clusterCidrs, hostPorts }: PodRules): string {
  const inside = [...new Set([podCidr, ...clusterCidrs])].join(', ')
  return [
    `table ip ${table} {}`,
    `delete table ip ${table}`,
    `table ip ${table} {`,
    ...(hostPorts.length > 0 ? hostPortChains(podCidr, hostPorts) : []),
    'chain postrouting {',
    'type nat hook postrouting priority srcnat + 10; policy accept;',
    ...(hostPorts.length > 0 ? [`meta mark & ${mark} == ${mark} masquerade`] : []),
    `ip saddr ${podCidr} ip daddr != { ${inside}, 224.0.0.0/4 } masquerade`,
    '}',
    '}',
    '',
  ].join('\n')
}

/** On what must come back through the node: from its pods and from the node itself. The bit is portmap's. */
const mark = '0x2000'

function hostPortChains(podCidr: string, hostPorts: HostPort[]): string[] {
  const everywhere = unique(hostPorts.filter(isEverywhere), ({ protocol, hostPort }) => `${protocol} . ${hostPort}`)
  const somewhere = unique(
    hostPorts.filter(port => !isEverywhere(port)),
    ({ hostIP, protocol, hostPort }) => `${hostIP} . ${protocol} . ${hostPort}`,
  )
  const ports = unique(hostPorts, ({ protocol, hostPort }) => `${protocol} . ${hostPort}`)
  return [
    `set ports { type inet_proto . inet_service; ${elements([...ports.keys()])} }`,
    `map everywhere { type inet_proto . inet_service : ipv4_addr . inet_service; ${elements(targets(everywhere))} }`,
    `map somewhere { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; ${elements(targets(somewhere))} }`,
    'chain host-ports {',
    `ip saddr { ${podCidr}, 127.0.0.0/8 } meta l4proto . th dport @ports meta mark set meta mark | ${mark}`,
    'dnat ip to ip daddr . meta l4proto . th dport map @somewhere',
    'dnat ip to meta l4proto . th dport map @everywhere',
    '}',
    'chain prerouting { type nat hook prerouting priority dstnat - 5; fib daddr type local jump host-ports; }',
    'chain output { type nat hook output priority -105; fib daddr type local jump host-ports; }',
  ]
}

function isEverywhere({ hostIP }: HostPort): boolean {
  return !hostIP || hostIP === '0.0.0.0'
}

/** nft refuses a key twice; the first pod to have the port keeps it. */
function unique(hostPorts: HostPort[], key: (port: HostPort) => string): Map<string, HostPort> {
  const found = new Map<string, HostPort>()
  for (const port of hostPorts) {
    const name = key(port).toLowerCase()
    if (!found.has(name)) found.set(name, port)
  }
  return found
}

function targets(ports: Map<string, HostPort>): string[] {
  return [...ports].map(([key, { podIP, containerPort }]) => `${key} : ${podIP} . ${containerPort}`)
}

function elements(all: string[]): string {
  return all.length > 0 ? `elements = { ${all.join(', ')} };` : ''
}

export async function applyPodRules(rules: PodRules): Promise<void> {
  await exec('nft', ['-f', '-'], { input: podRules(rules) })
}

export async function removeTable(table: string): Promise<void> {
  try {
    await exec('nft', ['delete', 'table', 'ip', table])
  } catch (error) {
    if (!(error instanceof ExecError && error.stderr.includes('No such file'))) throw error
  }
}
