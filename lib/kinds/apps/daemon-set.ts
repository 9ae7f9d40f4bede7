// What a DaemonSet is.

import type { V1DaemonSet } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { statusSubresource } from '../status-subresource.ts'

export type DaemonSet = Kube<V1DaemonSet>

export const daemonSets: ResourceDefinition<DaemonSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  scope: 'Namespaced',
  shortNames: ['ds'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V1DaemonSet')
  },
  subresources: { status: statusSubresource() },
}
