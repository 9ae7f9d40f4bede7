// What a cluster has besides roles: its namespaces, the two system priority classes, the service range.

import type { Namespace } from '../../kinds/core/namespace.ts'
import type { ServiceCIDR } from '../../kinds/networking/service-cidr.ts'
import type { PriorityClass } from '../../kinds/scheduling/priority-class.ts'
import { rfc3339 } from '../../util/clock.ts'

export const systemNamespaces: Namespace[] = ['default', 'kube-system', 'kube-public', 'kube-node-lease'].map(name => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
}))

export const systemPriorityClasses: PriorityClass[] = [
  systemPriority(
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ),
  systemPriority(
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
]

function systemPriority(name: string, value: number, description: string): PriorityClass {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    description,
    preemptionPolicy: 'PreemptLowerPriority',
  }
}

/** The range of the flag --service-cluster-ip-range. */
export function defaultServiceCidr(cidr: string, nowMs: number): ServiceCIDR {
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: '',
    message: 'Kubernetes Service CIDR is ready',
    lastTransitionTime: rfc3339(nowMs),
  }
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes' },
    spec: { cidrs: [cidr] },
    status: { conditions: [ready] },
  }
}
