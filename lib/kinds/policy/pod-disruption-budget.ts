// PodDisruptionBudget: how many pods of a kind must stay when nodes are emptied.

import type { V1PodDisruptionBudget } from '@kubernetes/client-node'
import { type FieldError, invalid } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { nonNegative } from '../../api/validation.ts'
import { validateConditions } from '../../api/validation-conditions.ts'
import { atMost100Percent, nonNegativeIntOrPercent, optionalWord } from '../../api/validation-rules.ts'
import { validateLabelSelector } from '../../api/validation-selectors.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, countColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'

export type PodDisruptionBudget = Kube<V1PodDisruptionBudget>

const noStatus = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 }

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
  defaults: budget => {
    budget.spec ??= {}
    budget.status ??= { ...noStatus }
  },
  strategy: {
    prepareForCreate: budget => {
      budget.status = { ...noStatus }
    },
    prepareForUpdate: (budget, old) => restoreMember(budget, old, 'status'),
    validate: validateBudget,
    allowUnconditionalUpdate: false,
  },
  subresources: { status: statusSubresource({ validateUpdate: validateStatus }) },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('Min Available', ({ spec }) => String(spec?.minAvailable ?? 'N/A')),
    textColumn('Max Unavailable', ({ spec }) => String(spec?.maxUnavailable ?? 'N/A')),
    countColumn('Allowed Disruptions', ({ status }) => status?.disruptionsAllowed),
    ageColumn,
  ],
}

function validateBudget({ spec = {} }: PodDisruptionBudget): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec
  const both = minAvailable !== undefined && maxUnavailable !== undefined
  return [
    ...(both ? [invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...(['minAvailable', 'maxUnavailable'] as const).flatMap(name => {
      const value = spec[name]
      const field = `spec.${name}`
      return value === undefined ? [] : [...nonNegativeIntOrPercent(field, value), ...atMost100Percent(field, value)]
    }),
    ...validateLabelSelector(selector, 'spec.selector'),
    ...optionalWord('spec.unhealthyPodEvictionPolicy', unhealthyPodEvictionPolicy, ['AlwaysAllow', 'IfHealthyBudget']),
  ]
}

function validateStatus({ status }: PodDisruptionBudget): FieldError[] {
  return [
    ...validateConditions(status?.conditions, 'status.conditions'),
    ...(['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const).flatMap(name =>
      nonNegative(`status.${name}`, status?.[name]),
    ),
  ]
}
