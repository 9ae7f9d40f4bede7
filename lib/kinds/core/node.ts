// Node: a machine that runs pods.

import type { V1Node } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { nodeColumns } from './node-columns.ts'
import { validateNode, validateNodeStatus, validateNodeUpdate } from './node-validation.ts'

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
  defaults: node => {
    node.spec ??= {}
    node.status ??= {}
    mirrorPodCidr(node.spec)
    if (node.status.capacity) node.status.allocatable ??= { ...node.status.capacity }
  },
  strategy: {
    prepareForUpdate: (node, old) => restoreMember(node, old, 'status'),
    validate: validateNode,
    validateUpdate: validateNodeUpdate,
    warnings: ({ spec }) =>
      spec?.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : [],
  },
  subresources: {
    status: statusSubresource({
      validateUpdate: (node, old) => [...validateNodeStatus(node), ...validateNodeUpdate(node, old)],
    }),
  },
  storage: { prefix: 'minions' },
  columns: nodeColumns,
  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec?.unschedulable ?? false) },
}

/** `podCIDR` is the first of `podCIDRs`. */
function mirrorPodCidr(spec: NonNullable<Node['spec']>): void {
  const [first] = spec.podCIDRs ?? []
  if (spec.podCIDR && spec.podCIDR !== first) spec.podCIDRs = [spec.podCIDR]
  else if (first) spec.podCIDR = first
}
