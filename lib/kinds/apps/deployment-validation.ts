// What must hold for a Deployment.

import { type FieldError, fieldForbidden, invalid, notSupported, required } from '../../api/field-errors.ts'
import { nonNegative } from '../../api/validation.ts'
import { atMost100Percent, type IntOrString, nonNegativeIntOrPercent, percentOf } from '../../api/validation-rules.ts'
import { goStruct } from '../core/go-struct.ts'
import { collisionsDecremented, validateStatusCounts } from '../workload-status-validation.ts'
import { validateSelectorAndTemplate } from '../workload-validation.ts'
import type { Deployment, DeploymentSpec } from './deployment.ts'

type Strategy = NonNullable<DeploymentSpec['strategy']>

export function validateDeployment({ spec }: Deployment): FieldError[] {
  if (!spec) return []
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...validateSelectorAndTemplate(spec.template, {
      selector: spec.selector,
      kind: 'ReplicaSet',
      emptyText: 'empty selector is invalid for deployment',
      invalidText: 'invalid label selector',
    }),
    ...strategyErrors(spec.strategy ?? {}),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...progressDeadline(spec),
  ]
}

export function validateDeploymentStatus({ status }: Deployment, { status: old }: Deployment): FieldError[] {
  const parts = ['updatedReplicas', 'readyReplicas', 'availableReplicas']
  const others = ['unavailableReplicas', 'collisionCount', 'terminatingReplicas']
  const counts = ['observedGeneration', 'replicas', ...parts, ...others]
  return [
    ...validateStatusCounts(status, { counts, parts, ready: 'readyReplicas' }),
    ...collisionsDecremented(status, old),
  ]
}

function progressDeadline({ progressDeadlineSeconds: seconds, minReadySeconds = 0 }: DeploymentSpec): FieldError[] {
  if (seconds === undefined) return []
  const field = 'spec.progressDeadlineSeconds'
  const errors = nonNegative(field, seconds)
  return seconds > minReadySeconds
    ? errors
    : [...errors, invalid(field, seconds, 'must be greater than minReadySeconds')]
}

function strategyErrors(strategy: Strategy): FieldError[] {
  const { type, rollingUpdate } = strategy
  const field = 'spec.strategy.rollingUpdate'
  if (type === 'Recreate') {
    return rollingUpdate ? [fieldForbidden(field, "may not be specified when strategy `type` is 'Recreate'")] : []
  }
  if (type !== 'RollingUpdate') {
    const value = { Type: type ?? '', RollingUpdate: printable(rollingUpdate) }
    return [notSupported('spec.strategy', value, ['Recreate', 'RollingUpdate'])]
  }
  if (!rollingUpdate) return [required(field, 'this should be defaulted and never be nil')]
  return rollingUpdateErrors(rollingUpdate.maxUnavailable ?? 0, rollingUpdate.maxSurge ?? 0, field)
}

function printable(rollingUpdate: Strategy['rollingUpdate']): object | null {
  return goStruct(rollingUpdate && { maxUnavailable: 0, maxSurge: 0, ...rollingUpdate }, ['MaxUnavailable', 'MaxSurge'])
}

/** Something must be allowed to change: a pod more, or a pod fewer. */
function rollingUpdateErrors(maxUnavailable: IntOrString, maxSurge: IntOrString, field: string): FieldError[] {
  const isStuck = amount(maxUnavailable) === 0 && amount(maxSurge) === 0
  return [
    ...nonNegativeIntOrPercent(`${field}.maxUnavailable`, maxUnavailable),
    ...nonNegativeIntOrPercent(`${field}.maxSurge`, maxSurge),
    ...(isStuck ? [invalid(`${field}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')] : []),
    ...atMost100Percent(`${field}.maxUnavailable`, maxUnavailable),
  ]
}

function amount(value: IntOrString): number {
  return typeof value === 'number' ? value : (percentOf(value) ?? 0)
}
