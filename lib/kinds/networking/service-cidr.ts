// What a ServiceCIDR is.

import type { V1ServiceCIDR } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { statusSubresource } from '../status-subresource.ts'

export type ServiceCIDR = Kube<V1ServiceCIDR>

export const serviceCidrs: ResourceDefinition<ServiceCIDR> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1ServiceCIDR')
  },
  subresources: { status: statusSubresource() },
}
