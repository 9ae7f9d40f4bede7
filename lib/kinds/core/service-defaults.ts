// What a service means where it says nothing. Addresses and node ports are not defaults: an allocator gives them.

import type { ServiceSpec } from './service.ts'

const affinitySeconds = 3 * 3600

/** Reachable from outside the cluster. */
export function isExternallyAccessible({ type, externalIPs = [] }: ServiceSpec): boolean {
  return type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0)
}

export function defaultServiceSpec(spec: ServiceSpec): void {
  spec.sessionAffinity ||= 'None'
  defaultAffinityConfig(spec)
  spec.type ||= 'ClusterIP'
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP'
    port.targetPort ||= port.port
  }
  if (isExternallyAccessible(spec)) spec.externalTrafficPolicy ||= 'Cluster'
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true
}

function defaultAffinityConfig(spec: ServiceSpec): void {
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
  if (spec.sessionAffinity !== 'ClientIP') return
  spec.sessionAffinityConfig ??= {}
  spec.sessionAffinityConfig.clientIP ??= {}
  spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= affinitySeconds
}
