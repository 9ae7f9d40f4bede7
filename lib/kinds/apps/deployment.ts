// What a Deployment is.

import type { V1Deployment } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { statusSubresource } from '../status-subresource.ts'

export type Deployment = Kube<V1Deployment>

export const deployments: ResourceDefinition<Deployment> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  scope: 'Namespaced',
  shortNames: ['deploy'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V1Deployment')
  },
  subresources: { status: statusSubresource() },
}
