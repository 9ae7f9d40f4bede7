// What a ResourceQuota is.

import type { V1ResourceQuota } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { statusSubresource } from '../status-subresource.ts'

export type ResourceQuota = Kube<V1ResourceQuota>

export const resourceQuotas: ResourceDefinition<ResourceQuota> = {
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  scope: 'Namespaced',
  shortNames: ['quota'],
  get schema() {
    return builtinSchema('V1ResourceQuota')
  },
  subresources: { status: statusSubresource() },
}
