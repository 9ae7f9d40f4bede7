// How a pod resolves names: by its DNS policy, then its own DNS configuration on top.
// https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/

import type { Pod } from './pod.ts'

export interface DnsConfig {
  servers: string[]
  searches: string[]
  options: string[]
}

export interface NodeDns {
  clusterDns: string[]
  clusterDomain: string
  /** The node's own resolv.conf. */
  host: DnsConfig
}

export function podDns(pod: Pod, { clusterDns, clusterDomain, host }: NodeDns): DnsConfig {
  const { dnsPolicy = 'ClusterFirst', hostNetwork = false } = pod.spec ?? {}
  if (dnsPolicy === 'None') return merged({ servers: [], searches: [], options: [] }, pod)
  const first = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !hostNetwork)
  if (!first || clusterDns.length === 0) return merged(host, pod)
  const cluster = [`${pod.metadata.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain]
  return merged({ servers: clusterDns, searches: unique([...cluster, ...host.searches]), options: ['ndots:5'] }, pod)
}

function merged(base: DnsConfig, { spec }: Pod): DnsConfig {
  const { nameservers = [], searches = [], options = [] } = spec?.dnsConfig ?? {}
  const own = options.map(({ name, value }) => (value ? `${name}:${value}` : (name ?? '')))
  const names = new Set(own.map(optionName))
  return {
    servers: unique([...base.servers, ...nameservers]),
    searches: unique([...base.searches, ...searches]),
    options: [...base.options.filter(option => !names.has(optionName(option))), ...own],
  }
}

const optionName = (option: string) => option.split(':')[0] ?? ''
const unique = (items: string[]) => [...new Set(items)]

/** A resolv.conf file; the last `search` line counts. */
export function parseResolvConf(text: string): DnsConfig {
  const config: DnsConfig = { servers: [], searches: [], options: [] }
  for (const line of text.split('\n')) {
    const [word, ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/)
    if (word === 'nameserver' && values[0]) config.servers.push(values[0])
    if (word === 'search') config.searches = values.map(value => value.replace(/\.$/, '') || value)
    if (word === 'options') config.options = values
  }
  return config
}
