// What an update of a service may leave out and keeps: the addresses and node ports it was given.

import type { Service, ServiceSpec } from './service.ts'

const hasClusterIp = ({ type }: ServiceSpec) => type !== 'ExternalName'
const hasNodePorts = ({ type }: ServiceSpec) => type === 'NodePort' || type === 'LoadBalancer'
const hasHealthCheck = (spec: ServiceSpec) => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'

const isSameList = (a: string[] = [], b: string[] = []) => a.length === b.length && a.every((one, i) => one === b[i])

export function keepAllocated({ spec }: Service, { spec: old }: Service): void {
  if (!spec || !old) return
  if (hasClusterIp(spec) && hasClusterIp(old)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP
    // A client that knows the old field alone has changed both, so that validation sees it.
    if (spec.clusterIP && spec.clusterIP !== old.clusterIP && isSameList(spec.clusterIPs, old.clusterIPs)) {
      spec.clusterIPs = [spec.clusterIP, ...(spec.clusterIPs ?? []).slice(1)]
    }
    if (!spec.clusterIPs?.length && spec.clusterIP === old.clusterIP && old.clusterIPs) {
      spec.clusterIPs = [...old.clusterIPs]
    }
  }
  if (hasNodePorts(spec) && hasNodePorts(old)) keepNodePorts(spec, old)
  if (hasHealthCheck(spec) && hasHealthCheck(old) && old.healthCheckNodePort) {
    spec.healthCheckNodePort ||= old.healthCheckNodePort
  }
}

/** A port that is the same but for its node port keeps it, unless another port asks for that one. */
function keepNodePorts(spec: ServiceSpec, old: ServiceSpec): void {
  const wanted = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort))
  for (const port of spec.ports ?? []) {
    if (port.nodePort) continue
    const before = old.ports?.find(({ port: number, protocol }) => number === port.port && protocol === port.protocol)
    if (before?.nodePort && !wanted.has(before.nodePort)) port.nodePort = before.nodePort
  }
}
