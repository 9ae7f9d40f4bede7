// What a ReplicaSet is.

import type { V1ReplicaSet } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { statusSubresource } from '../status-subresource.ts'

export type ReplicaSet = Kube<V1ReplicaSet>

export const replicaSets: ResourceDefinition<ReplicaSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  scope: 'Namespaced',
  shortNames: ['rs'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V1ReplicaSet')
  },
  subresources: { status: statusSubresource() },
}
