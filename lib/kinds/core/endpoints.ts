// What an Endpoints is.

import type { V1Endpoints } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'

export type Endpoints = Kube<V1Endpoints>

export const endpoints: ResourceDefinition<Endpoints> = {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  scope: 'Namespaced',
  shortNames: ['ep'],
  get schema() {
    return builtinSchema('V1Endpoints')
  },
  storage: { prefix: 'services/endpoints' },
}
