// What must hold for topology spread constraints.

import { type FieldError, invalid, required } from '../../api/field-errors.ts'
import { eachItem, optionalWord } from '../../api/validation-rules.ts'
import { validateLabelSelector } from '../../api/validation-selectors.ts'
import { goQuote } from '../../util/go-quote.ts'
import { validateLabelKeys } from './pod-label-keys.ts'
import type { PodSpec } from './pod-types.ts'

type Constraint = NonNullable<PodSpec['topologySpreadConstraints']>[number]

const whenUnsatisfiable = ['DoNotSchedule', 'ScheduleAnyway']
const nodePolicies = ['Honor', 'Ignore']

export function validateTopologySpread(constraints: Constraint[] = [], field: string): FieldError[] {
  return eachItem(constraints, field, (constraint, at, i) => [
    ...positive(`${at}.maxSkew`, constraint.maxSkew),
    ...(constraint.topologyKey ? [] : [required(`${at}.topologyKey`, 'can not be empty')]),
    ...optionalWord(`${at}.whenUnsatisfiable`, constraint.whenUnsatisfiable ?? '', whenUnsatisfiable),
    ...repeated(constraint, constraints.slice(i + 1), at),
    ...minDomains(constraint, `${at}.minDomains`),
    ...optionalWord(`${at}.nodeAffinityPolicy`, constraint.nodeAffinityPolicy, nodePolicies),
    ...optionalWord(`${at}.nodeTaintsPolicy`, constraint.nodeTaintsPolicy, nodePolicies),
    ...validateLabelKeys(constraint, at),
    ...validateLabelSelector(constraint.labelSelector, `${at}.labelSelector`),
  ])
}

function positive(field: string, value: number): FieldError[] {
  return value > 0 ? [] : [invalid(field, value, 'must be greater than zero')]
}

function repeated({ topologyKey, whenUnsatisfiable: action }: Constraint, others: Constraint[], field: string) {
  const isRepeated = others.some(c => c.topologyKey === topologyKey && c.whenUnsatisfiable === action)
  if (!isRepeated) return []
  const body = `Duplicate value: ${goQuote(`{${topologyKey}, ${action}}`)}`
  return [{ type: 'FieldValueDuplicate' as const, field: `${field}.{topologyKey, whenUnsatisfiable}`, body }]
}

function minDomains({ minDomains: min, whenUnsatisfiable: action }: Constraint, field: string): FieldError[] {
  if (min === undefined) return []
  const errors = positive(field, min)
  if (action !== 'DoNotSchedule') {
    const text = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`
    errors.push(invalid(field, min, text))
  }
  return errors
}
