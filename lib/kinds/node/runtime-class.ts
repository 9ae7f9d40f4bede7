// What a RuntimeClass is.

import type { V1RuntimeClass } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'

export type RuntimeClass = Kube<V1RuntimeClass>

export const runtimeClasses: ResourceDefinition<RuntimeClass> = {
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1RuntimeClass')
  },
}
