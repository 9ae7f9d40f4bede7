// What a PodDisruptionBudget is.

import type { V1PodDisruptionBudget } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { statusSubresource } from '../status-subresource.ts'

export type PodDisruptionBudget = Kube<V1PodDisruptionBudget>

export const podDisruptionBudgets: ResourceDefinition<PodDisruptionBudget> = {
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  scope: 'Namespaced',
  shortNames: ['pdb'],
  get schema() {
    return builtinSchema('V1PodDisruptionBudget')
  },
  subresources: { status: statusSubresource() },
}
