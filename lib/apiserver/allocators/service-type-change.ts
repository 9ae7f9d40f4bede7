// A Service that changes its type loses what only the old type had, unless the same write says something new about it:
// that is then for validation to refuse. Pure.

import { jsonEqual } from '../../util/json-equal.ts'
import { needsHealthCheckPort, needsNodePorts, type ServiceSpec } from './service-needs.ts'

const hasAddress = ({ type }: ServiceSpec) => type !== 'ExternalName'
const isBalanced = ({ type }: ServiceSpec) => type === 'LoadBalancer'
const isOutside = ({ type, externalIPs }: ServiceSpec) =>
  type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && (externalIPs?.length ?? 0) > 0)

/** Which members go with which property of the type. */
const dependent: [has: (spec: ServiceSpec) => boolean, members: (keyof ServiceSpec)[]][] = [
  [hasAddress, ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy']],
  [needsHealthCheckPort, ['healthCheckNodePort']],
  [isBalanced, ['allocateLoadBalancerNodePorts', 'loadBalancerClass']],
  [isOutside, ['externalTrafficPolicy']],
]

export function dropTypeDependent(spec: ServiceSpec, old: ServiceSpec): void {
  for (const [has, members] of dependent) {
    if (!has(old) || has(spec)) continue
    for (const member of members) if (jsonEqual(spec[member], old[member])) delete spec[member]
  }
  if (needsNodePorts(old) && !needsNodePorts(spec) && hasNoNewNodePorts(spec, old)) {
    for (const port of spec.ports ?? []) delete port.nodePort
  }
}

function hasNoNewNodePorts(spec: ServiceSpec, old: ServiceSpec): boolean {
  const before = new Set((old.ports ?? []).map(({ nodePort }) => nodePort))
  return (spec.ports ?? []).every(({ nodePort }) => !nodePort || before.has(nodePort))
}
