// What a Service is.

import type { V1Service } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { statusSubresource } from '../status-subresource.ts'

export type Service = Kube<V1Service>

export const services: ResourceDefinition<Service> = {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  scope: 'Namespaced',
  shortNames: ['svc'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V1Service')
  },
  subresources: { status: statusSubresource() },
  storage: { prefix: 'services/specs' },
}
