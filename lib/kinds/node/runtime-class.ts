// RuntimeClass: how the containers of a pod are run.

import type { V1RuntimeClass } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable } from '../../api/validation.ts'
import { dnsLabel } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'

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
  strategy: {
    validate: ({ handler }) => dnsLabel('handler', handler),
    validateUpdate: ({ handler }, old) => immutable('handler', handler, old.handler),
    allowUnconditionalUpdate: false,
  },
  columns: [nameColumn, textColumn('Handler', ({ handler }) => handler), ageColumn],
}
