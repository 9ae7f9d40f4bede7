// ComponentStatus: whether the scheduler, the controller manager and etcd are well, asked of them when it is read.

import type { V1ComponentStatus } from '@kubernetes/client-node'
import { findCondition } from '../../api/conditions.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { nameColumn, textColumn } from '../columns.ts'

export type ComponentStatus = Kube<V1ComponentStatus>

export const componentStatuses: ResourceDefinition<ComponentStatus> = {
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  scope: 'Cluster',
  shortNames: ['cs'],
  get schema() {
    return builtinSchema('V1ComponentStatus')
  },
  verbs: ['get', 'list'],
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  columns: [
    nameColumn,
    textColumn('Status', healthWord),
    textColumn('Message', ({ conditions }) => findCondition(conditions, 'Healthy')?.message ?? ''),
    textColumn('Error', ({ conditions }) => findCondition(conditions, 'Healthy')?.error ?? ''),
  ],
}

function healthWord({ conditions }: ComponentStatus): string {
  const healthy = findCondition(conditions, 'Healthy')
  if (!healthy) return 'Unknown'
  return healthy.status === 'True' ? 'Healthy' : 'Unhealthy'
}
