// What a NetworkPolicy is.

import type { V1NetworkPolicy } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'

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
}
