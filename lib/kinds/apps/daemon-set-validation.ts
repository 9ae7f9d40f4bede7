// What must hold for a DaemonSet.

import { type FieldError, invalid, notSupported, required } from '../../api/field-errors.ts'
import { nonNegative } from '../../api/validation.ts'
import { atMost100Percent, type IntOrString, nonNegativeIntOrPercent, percentOf } from '../../api/validation-rules.ts'
import { isEmptySelector, validateLabelSelector } from '../../api/validation-selectors.ts'
import { goStruct } from '../core/go-struct.ts'
import { validatePodTemplate } from '../core/pod-validation.ts'
import { collisionsDecremented, validateStatusCounts } from '../workload-status-validation.ts'
import { selectorMismatch, validateEndless } from '../workload-validation.ts'
import type { DaemonSet, DaemonSetSpec } from './daemon-set.ts'

type Strategy = NonNullable<DaemonSetSpec['updateStrategy']>

export function validateDaemonSet({ spec }: DaemonSet): FieldError[] {
  if (!spec) return []
  const { selector, template } = spec
  const errors = validateLabelSelector(selector, 'spec.selector')
  const isEmpty = selector && isEmptySelector(selector)
  return [
    ...errors,
    ...(errors.length === 0 && template ? selectorMismatch(template, selector) : []),
    ...(isEmpty ? [invalid('spec.selector', selector, 'empty selector is invalid for daemonset')] : []),
    ...(template ? validatePodTemplate(template, 'spec.template') : [required('spec.template')]),
    ...(template ? validateEndless(template, 'DaemonSet') : []),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...updateStrategy(spec.updateStrategy ?? {}),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ]
}

export function validateDaemonSetStatus({ status }: DaemonSet, { status: old }: DaemonSet): FieldError[] {
  const counts = [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
  ]
  return [...validateStatusCounts(status, { counts, parts: [], ready: '' }), ...collisionsDecremented(status, old)]
}

function updateStrategy({ type = '', rollingUpdate }: Strategy): FieldError[] {
  const field = 'spec.updateStrategy'
  if (type === 'OnDelete') return []
  if (type !== 'RollingUpdate') {
    const strategy = { Type: type, RollingUpdate: printable(rollingUpdate) }
    return [notSupported(field, strategy, ['RollingUpdate', 'OnDelete'])]
  }
  if (!rollingUpdate) return [required(`${field}.rollingUpdate`)]
  return rollingUpdateErrors(rollingUpdate.maxUnavailable ?? 0, rollingUpdate.maxSurge ?? 0, `${field}.rollingUpdate`)
}

function printable(rollingUpdate: Strategy['rollingUpdate']): object | null {
  return goStruct(rollingUpdate && { maxUnavailable: 0, maxSurge: 0, ...rollingUpdate }, ['MaxUnavailable', 'MaxSurge'])
}

/** Either pods go first, or new ones come first. */
function rollingUpdateErrors(maxUnavailable: IntOrString, maxSurge: IntOrString, field: string): FieldError[] {
  const [takesAway, surges] = [amount(maxUnavailable) !== 0, amount(maxSurge) !== 0]
  const text = 'may not be set when maxUnavailable is non-zero'
  return [
    ...nonNegativeIntOrPercent(`${field}.maxUnavailable`, maxUnavailable),
    ...nonNegativeIntOrPercent(`${field}.maxSurge`, maxSurge),
    ...atMost100Percent(`${field}.maxUnavailable`, maxUnavailable),
    ...atMost100Percent(`${field}.maxSurge`, maxSurge),
    ...(surges && takesAway ? [invalid(`${field}.maxSurge`, maxSurge, text)] : []),
    ...(surges || takesAway ? [] : [required(`${field}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')]),
  ]
}

function amount(value: IntOrString): number {
  return typeof value === 'number' ? value : (percentOf(value) ?? 0)
}
