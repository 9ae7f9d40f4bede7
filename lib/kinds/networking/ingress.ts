// What an Ingress is.

import type { V1Ingress } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { statusSubresource } from '../status-subresource.ts'

export type Ingress = Kube<V1Ingress>

export const ingresses: ResourceDefinition<Ingress> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  scope: 'Namespaced',
  shortNames: ['ing'],
  get schema() {
    return builtinSchema('V1Ingress')
  },
  subresources: { status: statusSubresource() },
  storage: { prefix: 'ingress' },
}
