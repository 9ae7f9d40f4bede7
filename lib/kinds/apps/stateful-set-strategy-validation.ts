// What must hold for the way in which a StatefulSet goes from one template to the next.

import { type FieldError, invalid, required } from '../../api/field-errors.ts'
import { nonNegative } from '../../api/validation.ts'
import { atMost100Percent, type IntOrString, nonNegativeIntOrPercent, percentOf } from '../../api/validation-rules.ts'
import { goStruct } from '../core/go-struct.ts'
import type { StatefulSetSpec } from './stateful-set.ts'

type Strategy = NonNullable<StatefulSetSpec['updateStrategy']>
type RollingUpdate = NonNullable<Strategy['rollingUpdate']>

const field = 'spec.updateStrategy'

export function validateUpdateStrategy({ type, rollingUpdate }: Strategy): FieldError[] {
  if (!type) return [required(field)]
  if (type === 'RollingUpdate') return rollingUpdate ? rollingUpdateErrors(rollingUpdate) : []
  if (type === 'OnDelete') {
    const text = "only allowed for updateStrategy 'RollingUpdate'"
    return rollingUpdate ? [invalid(`${field}.rollingUpdate`, printable(rollingUpdate), text)] : []
  }
  const strategy = { Type: type, RollingUpdate: printable(rollingUpdate) }
  return [invalid(field, strategy, "must be 'RollingUpdate' or 'OnDelete'")]
}

function printable(rollingUpdate: RollingUpdate | undefined): object | null {
  return goStruct(rollingUpdate && { partition: 0, ...rollingUpdate }, ['Partition', 'MaxUnavailable'])
}

function rollingUpdateErrors({ partition, maxUnavailable }: RollingUpdate): FieldError[] {
  return [
    ...nonNegative(`${field}.rollingUpdate.partition`, partition),
    ...(maxUnavailable === undefined ? [] : unavailableErrors(maxUnavailable)),
  ]
}

function unavailableErrors(maxUnavailable: IntOrString): FieldError[] {
  const at = `${field}.rollingUpdate.maxUnavailable`
  const amount = typeof maxUnavailable === 'number' ? maxUnavailable : (percentOf(maxUnavailable) ?? 0)
  return [
    ...nonNegativeIntOrPercent(at, maxUnavailable),
    ...(amount === 0 ? [invalid(at, maxUnavailable, 'cannot be 0')] : []),
    ...atMost100Percent(at, maxUnavailable),
  ]
}
