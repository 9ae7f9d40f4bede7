// PriorityClass: a name for how important a pod is.

import type { V1PriorityClass } from '@kubernetes/client-node'
import { type FieldError, fieldForbidden } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable } from '../../api/validation.ts'
import { requiredWord } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, countColumn, nameColumn, textColumn } from '../columns.ts'

export type PriorityClass = Kube<V1PriorityClass>

const systemPrefix = 'system-'
const highestUserPriority = 1_000_000_000
/** Made by the server itself; who calls their class so must mean the same. */
const systemClasses: Record<string, number> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
}

export const priorityClasses: ResourceDefinition<PriorityClass> = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  scope: 'Cluster',
  shortNames: ['pc'],
  get schema() {
    return builtinSchema('V1PriorityClass')
  },
  defaults: priority => {
    priority.value ??= 0
    priority.preemptionPolicy ??= 'PreemptLowerPriority'
  },
  strategy: {
    validate: validatePriorityClass,
    validateUpdate: (priority, old) => [
      ...(priority.value === old.value ? [] : [fieldForbidden('value', 'may not be changed in an update.')]),
      ...immutable('preemptionPolicy', priority.preemptionPolicy, old.preemptionPolicy),
    ],
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    countColumn('Value', ({ value }) => value),
    { name: 'Global-Default', type: 'boolean', value: ({ globalDefault }) => globalDefault ?? false },
    ageColumn,
    textColumn('PreemptionPolicy', ({ preemptionPolicy }) => preemptionPolicy ?? '<unset>'),
  ],
}

function validatePriorityClass(priority: PriorityClass): FieldError[] {
  const { metadata, value = 0, preemptionPolicy } = priority
  const isSystem = metadata.name?.startsWith(systemPrefix)
  const text = `maximum allowed value of a user defined priority is ${highestUserPriority}`
  return [
    ...(isSystem ? systemErrors(priority) : []),
    ...(!isSystem && value > highestUserPriority ? [fieldForbidden('value', text)] : []),
    ...(preemptionPolicy === undefined
      ? []
      : requiredWord('preemptionPolicy', preemptionPolicy, ['PreemptLowerPriority', 'Never'])),
  ]
}

function systemErrors({ metadata: { name = '' }, value = 0, globalDefault = false }: PriorityClass): FieldError[] {
  const known = Object.hasOwn(systemClasses, name) ? systemClasses[name] : undefined
  const why =
    known === undefined
      ? `${name} is not a known system priority class`
      : known !== value
        ? `value of ${name} PriorityClass must be ${known}`
        : `globalDefault of ${name} PriorityClass must be false`
  if (known === value && !globalDefault) return []
  const rule = `priority class names with '${systemPrefix}' prefix are reserved for system use only. error: ${why}`
  return [fieldForbidden('metadata.name', rule)]
}
