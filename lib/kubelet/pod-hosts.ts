// A pod's name and its /etc/hosts.

import type { Pod } from './pod.ts'

const maxHostname = 63

/** The host name its containers see. */
export function podHostname(pod: Pod, nodeName: string, clusterDomain: string): string {
  const { spec, metadata } = pod
  if (spec?.hostNetwork) return nodeName
  if (spec?.hostnameOverride) return spec.hostnameOverride
  const domain = podDomain(pod, clusterDomain)
  if (spec?.setHostnameAsFQDN && domain) return `${shortHostname(pod)}.${domain}`
  return shortHostname({ spec, metadata } as Pod)
}

function shortHostname({ spec, metadata }: Pod): string {
  return spec?.hostname || (metadata.name ?? '').slice(0, maxHostname).replace(/[-.]+$/, '')
}

function podDomain({ spec, metadata }: Pod, clusterDomain: string): string | undefined {
  return spec?.subdomain && `${spec.subdomain}.${metadata.namespace}.svc.${clusterDomain}`
}

export interface HostsInput {
  podIPs: string[]
  clusterDomain: string
  /** The node's own /etc/hosts, for pods in its network. */
  nodeHosts: string
}

export function etcHosts(pod: Pod, { podIPs, clusterDomain, nodeHosts }: HostsInput): string {
  const aliases = hostAliases(pod)
  if (pod.spec?.hostNetwork) return `# Kubernetes-managed hosts file (host network).\n${nodeHosts}${aliases}`
  const hostname = shortHostname(pod)
  const domain = podDomain(pod, clusterDomain)
  const names = domain ? `${hostname}.${domain}\t${hostname}` : hostname
  return [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    ...podIPs.map(ip => `${ip}\t${names}`),
    aliases,
  ].join('\n')
}

function hostAliases({ spec }: Pod): string {
  if (!spec?.hostAliases?.length) return ''
  const lines = spec.hostAliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`)
  return `\n# Entries added by HostAliases.\n${lines.join('')}`
}
