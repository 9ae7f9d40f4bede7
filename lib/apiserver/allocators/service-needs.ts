// What a Service needs to be given, and what it has. Pure.

import type { Service } from '../../kinds/core/service.ts'

export type ServiceSpec = NonNullable<Service['spec']>

/** Neither an alias of an outside name nor one without address. */
export function needsClusterIp(spec: ServiceSpec | undefined): boolean {
  return spec !== undefined && spec.type !== 'ExternalName' && !isHeadless(spec)
}

export function isHeadless(spec: ServiceSpec): boolean {
  return spec.clusterIP === 'None' || spec.clusterIPs?.[0] === 'None'
}

export function needsNodePorts(spec: ServiceSpec | undefined): boolean {
  if (spec?.type === 'NodePort') return true
  return spec?.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false
}

/** Ports of its own on the nodes, given or asked for. */
export function mayHaveNodePorts(spec: ServiceSpec | undefined): boolean {
  return spec?.type === 'NodePort' || spec?.type === 'LoadBalancer'
}

export function needsHealthCheckPort(spec: ServiceSpec | undefined): boolean {
  return spec?.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
}

export function addressesOf(spec: ServiceSpec | undefined): string[] {
  if (!spec || !needsClusterIp(spec)) return []
  const all = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : [])
  return all.filter(address => address !== '' && address !== 'None')
}

/** Each once: TCP and UDP may share one. */
export function nodePortsOf(spec: ServiceSpec | undefined): number[] {
  if (!spec || !['NodePort', 'LoadBalancer'].includes(spec.type ?? '')) return []
  const ports = (spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0)
  return [...new Set([...ports, spec.healthCheckNodePort ?? 0])].filter(port => port !== 0)
}
