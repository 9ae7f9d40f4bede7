// What a ReplicationController is.

import type { V1ReplicationController } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { statusSubresource } from '../status-subresource.ts'

export type ReplicationController = Kube<V1ReplicationController>

export const replicationControllers: ResourceDefinition<ReplicationController> = {
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  scope: 'Namespaced',
  shortNames: ['rc'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V1ReplicationController')
  },
  subresources: { status: statusSubresource() },
  storage: { prefix: 'controllers' },
}
