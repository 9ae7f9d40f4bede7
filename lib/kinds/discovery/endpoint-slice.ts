// What an EndpointSlice is.

import type { V1EndpointSlice } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'

export type EndpointSlice = Kube<V1EndpointSlice>

export const endpointSlices: ResourceDefinition<EndpointSlice> = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('V1EndpointSlice')
  },
}
