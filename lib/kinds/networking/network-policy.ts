// NetworkPolicy: who may talk to the pods it selects, and whom they may talk to.

import type { V1NetworkPolicy } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { formatLabelSelector } from '../../api/selectors.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { validateNetworkPolicy } from './network-policy-validation.ts'

export type NetworkPolicy = Kube<V1NetworkPolicy>

export const networkPolicies: ResourceDefinition<NetworkPolicy> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  scope: 'Namespaced',
  shortNames: ['netpol'],
  get schema() {
    return builtinSchema('V1NetworkPolicy')
  },
  defaults: ({ spec }) => {
    if (spec) defaultSpec(spec)
  },
  strategy: {
    validate: validateNetworkPolicy,
  },
  tracksGeneration: true,
  columns: [nameColumn, textColumn('Pod-Selector', ({ spec }) => formatLabelSelector(spec?.podSelector)), ageColumn],
}

/** Ingress always; egress where it has rules. */
function defaultSpec(spec: NonNullable<NetworkPolicy['spec']>): void {
  if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']
  for (const { ports } of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
    for (const port of ports ?? []) port.protocol ??= 'TCP'
  }
}
