// How much of a device's capacity one claim may ask for: a default and either a list of amounts or a range with steps.

import { type FieldError, fieldForbidden, invalid, required } from '../../api/field-errors.ts'
import { addQuantity, compareQuantity, formatQuantity, milliValue, type Quantity } from '../../api/quantity.ts'
import { eachItem, quantityOf } from '../../api/validation-rules.ts'
import { limited } from './device-rules.ts'
import type { Device } from './device-validation.ts'

type Policy = NonNullable<NonNullable<Device['capacity']>[string]['requestPolicy']>
type Range = NonNullable<Policy['validRange']>

const maxOptions = 10

export function requestPolicy(policy: Policy, capacity: string, field: string, isShared: boolean): FieldError[] {
  const { validValues = [], validRange, default: byDefault } = policy
  if (!isShared) return [fieldForbidden(field, 'allowMultipleAllocations must be true')]
  if (validValues.length > 0 && validRange) {
    const text = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time'
    return [fieldForbidden(field, text)]
  }
  const max = quantityOf(capacity)
  const chosen = quantityOf(byDefault)
  const kind = validValues.length > 0 ? 'validValues' : validRange ? 'validRange' : undefined
  if (!kind || !max) return []
  if (!chosen) return [required(`${field}.default`, `required when ${kind} is defined`)]
  if (validRange) return rangeErrors(validRange, chosen, max, `${field}.validRange`)
  return valueErrors(validValues, chosen, max, `${field}.validValues`)
}

const isMore = (a: Quantity, b: Quantity) => compareQuantity(a, b) > 0

function valueErrors(values: string[], chosen: Quantity, max: Quantity, field: string): FieldError[] {
  const amounts = values.flatMap(text => quantityOf(text) ?? [])
  const text = (amount: Quantity | undefined) => (amount ? formatQuantity(amount) : '')
  const unsorted = eachItem(amounts, field, (amount, at, i) => {
    const before = amounts[i - 1]
    return before && isMore(before, amount)
      ? [invalid(at, text(amount), 'values must be sorted in ascending order')]
      : []
  })
  return [
    ...unsorted,
    ...limited(amounts, maxOptions, field, (amount, at) =>
      isMore(amount, max) ? [invalid(at, text(amount), `option is larger than capacity value: ${text(max)}`)] : [],
    ),
    ...(amounts.some(amount => compareQuantity(amount, chosen) === 0)
      ? []
      : [invalid(field, text(chosen), 'default value is not valid according to the requestPolicy')]),
  ]
}

function rangeErrors(range: Range, chosen: Quantity, capacity: Quantity, field: string): FieldError[] {
  const [min, max, step] = [quantityOf(range.min), quantityOf(range.max), quantityOf(range.step)]
  if (!min) return [required(`${field}.min`, 'required when validRange is defined')]
  const [low, all, wanted] = [min, capacity, chosen].map(formatQuantity) as [string, string, string]
  const high = max ? formatQuantity(max) : ''
  return [
    ...(isMore(min, capacity) ? [invalid(`${field}.min`, low, `min is larger than capacity value: ${all}`)] : []),
    ...(isMore(min, chosen) ? [invalid(`${field}.default`, wanted, `default is less than min: ${low}`)] : []),
    ...(max && isMore(min, max) ? [invalid(`${field}.max`, low, `min is larger than max: ${high}`)] : []),
    ...(max && isMore(max, capacity)
      ? [invalid(`${field}.max`, high, `max is larger than capacity value: ${all}`)]
      : []),
    ...(max && isMore(chosen, max) ? [invalid(`${field}.default`, wanted, `default is more than max: ${high}`)] : []),
    ...(step ? stepErrors(step, { min, capacity, values: max ? [chosen, max] : [chosen] }, `${field}.step`) : []),
  ]
}

function stepErrors(
  step: Quantity,
  { min, capacity, values }: { min: Quantity; capacity: Quantity; values: Quantity[] },
  field: string,
): FieldError[] {
  const [by, from] = [milliValue(step), milliValue(min)]
  if (by <= 0n) return [invalid(field, formatQuantity(step), 'must be greater than zero')]
  const text = `value is not a multiple of a given step (${formatQuantity(step)}) from (${formatQuantity(min)})`
  const first = addQuantity(min, step)
  return [
    ...(isMore(first, capacity)
      ? [
          invalid(
            field,
            formatQuantity(step),
            `one step ${formatQuantity(first)} is larger than capacity value: ${formatQuantity(capacity)}`,
          ),
        ]
      : []),
    ...values
      .filter(value => (milliValue(value) - from) % by !== 0n)
      .map(value => invalid(field, formatQuantity(value), text)),
  ]
}
