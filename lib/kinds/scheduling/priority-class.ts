// PriorityClass: a name for how important a pod is.

import type { V1PriorityClass } from '@kubernetes/client-node'
import { type FieldError, fieldForbidden } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable } from '../../api/validation.ts'
import { optionalWord } from '../../api/validation-rules.ts'
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
    validateUpdate: (priority, old) =>
      (['value', 'preemptionPolicy'] as const).flatMap(name => immutable(name, priority[name], old[name])),
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

function validatePriorityClass({ metadata, value = 0, preemptionPolicy }: PriorityClass): FieldError[] {
  return [
    ...valueErrors(metadata.name ?? '', value),
    ...optionalWord('preemptionPolicy', preemptionPolicy, ['PreemptLowerPriority', 'Never']),
  ]
}

function valueErrors(name: string, value: number): FieldError[] {
  if (name.startsWith(systemPrefix)) {
    if (systemClasses[name] === value) return []
    const text = `priority class names with '${systemPrefix}' prefix are reserved for system use only. error: ${name} is not a known system priority class`
    return [fieldForbidden('metadata.name', text)]
  }
  if (value <= highestUserPriority) return []
  const text = `maximum allowed value of a user defined priority is ${highestUserPriority}`
  return [fieldForbidden('value', text)]
}
