// RuntimeClass: how the containers of a pod are run.

import type { V1RuntimeClass } from '@kubernetes/client-node'
import { duplicate, type FieldError } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable, validateLabels } from '../../api/validation.ts'
import { dnsLabel, eachItem } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { validateOverhead } from '../core/pod-resources-validation.ts'
import { validateTolerations } from '../core/pod-toleration-validation.ts'

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
    validate: validateRuntimeClass,
    validateUpdate: ({ handler }, old) => immutable('handler', handler, old.handler),
    allowUnconditionalUpdate: false,
    allowCreateOnUpdate: true,
  },
  columns: [nameColumn, textColumn('Handler', ({ handler }) => handler), ageColumn],
}

function validateRuntimeClass({ handler, overhead, scheduling }: RuntimeClass): FieldError[] {
  const { nodeSelector, tolerations } = scheduling ?? {}
  const field = 'scheduling.tolerations'
  return [
    ...dnsLabel('handler', handler ?? ''),
    ...validateOverhead(overhead?.podFixed, 'overhead'),
    ...validateLabels(nodeSelector, 'scheduling.nodeSelector'),
    ...validateTolerations(tolerations, field),
    ...eachItem(tolerations, field, (toleration, at, i) => {
      const before = (tolerations ?? []).slice(0, i)
      return before.some(other => isSameToleration(other, toleration)) ? [duplicate(at, toleration)] : []
    }),
  ]
}

type Toleration = NonNullable<NonNullable<RuntimeClass['scheduling']>['tolerations']>[number]

function isSameToleration(a: Toleration, b: Toleration): boolean {
  return (['key', 'operator', 'value', 'effect'] as const).every(member => (a[member] ?? '') === (b[member] ?? ''))
}
