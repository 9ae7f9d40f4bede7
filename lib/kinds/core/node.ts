// What a Node is.

import type { V1Node } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { statusSubresource } from '../status-subresource.ts'

export type Node = Kube<V1Node>

export const nodes: ResourceDefinition<Node> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  scope: 'Cluster',
  shortNames: ['no'],
  get schema() {
    return builtinSchema('V1Node')
  },
  subresources: { status: statusSubresource() },
  storage: { prefix: 'minions' },
}
