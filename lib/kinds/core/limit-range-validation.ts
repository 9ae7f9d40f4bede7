// What must hold for a LimitRange: known types and resources, and bounds that leave room between them.

import { duplicate, type FieldError, fieldForbidden, invalid, required } from '../../api/field-errors.ts'
import {
  compareQuantity,
  formatQuantity,
  milliValue,
  type Quantity,
  quantityValue,
  toQuantity,
} from '../../api/quantity.ts'
import { eachEntry, eachItem, qualifiedName, quantityOf } from '../../api/validation-rules.ts'
import type { LimitRange } from './limit-range.ts'
import { containerResourceName, validateResourceName } from './pod-resources-validation.ts'

type Limit = NonNullable<LimitRange['spec']>['limits'][number]
type Bound = 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio'

const types = ['Container', 'PersistentVolumeClaim', 'Pod']

export function validateLimitRange({ spec }: LimitRange): FieldError[] {
  const limits = spec?.limits ?? []
  return eachItem(limits, 'spec.limits', (limit, at, i) => [
    ...typeErrors(limit.type, `${at}.type`),
    ...(limits.slice(0, i).some(({ type }) => type === limit.type) ? [duplicate(`${at}.type`, limit.type)] : []),
    ...nameErrors(limit, at),
    ...claimErrors(limit, at),
    ...amountErrors(limit, at),
  ])
}

function typeErrors(type: string, field: string): FieldError[] {
  const errors = qualifiedName(field, type)
  if (errors.length > 0 || type.includes('/') || types.includes(type)) return errors
  return [invalid(field, type, 'must be a standard limit type or fully qualified')]
}

function nameErrors(limit: Limit, field: string): FieldError[] {
  const isOfPods = limit.type === 'Pod' || limit.type === 'Container'
  const rule = isOfPods ? containerResourceName : validateResourceName
  const names = (bound: Bound) => eachEntry(limit[bound], `${field}.${bound}`, (_, at, name) => rule(name, at))
  const defaults = (['default', 'defaultRequest'] as const).flatMap(bound => {
    if (limit.type !== 'Pod') return names(bound)
    const text = "may not be specified when `type` is 'Pod'"
    return Object.keys(limit[bound] ?? {}).length > 0 ? [fieldForbidden(`${field}.${bound}`, text)] : []
  })
  return [...names('max'), ...names('min'), ...defaults, ...names('maxLimitRequestRatio')]
}

function claimErrors({ type, min, max }: Limit, field: string): FieldError[] {
  if (type !== 'PersistentVolumeClaim' || min?.storage !== undefined || max?.storage !== undefined) return []
  const text = 'either minimum or maximum storage value is required, but neither was provided'
  return [required(`${field}.limits`, text)]
}

function amountErrors(limit: Limit, field: string): FieldError[] {
  const { min, max, maxLimitRequestRatio } = limit
  const { default: limits, defaultRequest: requests } = limit.type === 'Pod' ? ({} as Partial<Limit>) : limit
  const names = new Set([min, max, limits, requests, maxLimitRequestRatio].flatMap(list => Object.keys(list ?? {})))
  return [...names].sort().flatMap(name =>
    resourceErrors(name, field, {
      min: quantityOf(min?.[name]),
      max: quantityOf(max?.[name]),
      limit: quantityOf(limits?.[name]),
      request: quantityOf(requests?.[name]),
      ratio: quantityOf(maxLimitRequestRatio?.[name]),
    }),
  )
}

interface Amounts {
  min: Quantity | undefined
  max: Quantity | undefined
  limit: Quantity | undefined
  request: Quantity | undefined
  ratio: Quantity | undefined
}

function resourceErrors(name: string, field: string, { min, max, limit, request, ratio }: Amounts): FieldError[] {
  const at = (bound: Bound) => `${field}.${bound}[${name}]`
  return [
    ...order(at('min'), min, 'min value', min, 'max value', max),
    ...order(at('defaultRequest'), request, 'min value', min, 'default request value', request),
    ...order(at('defaultRequest'), request, 'default request value', request, 'max value', max),
    ...order(at('defaultRequest'), request, 'default request value', request, 'default limit value', limit),
    ...order(at('default'), min, 'min value', min, 'default value', limit),
    ...order(at('default'), max, 'default value', limit, 'max value', max),
    ...ratioErrors(at('maxLimitRequestRatio'), ratio, min, max),
    ...equalWhereNotShared(at('defaultRequest'), name, limit, request),
  ]
}

/** `min value 2 is greater than max value 1`. */
function order(
  field: string,
  shown: Quantity | undefined,
  lowName: string,
  low: Quantity | undefined,
  highName: string,
  high: Quantity | undefined,
): FieldError[] {
  if (!low || !high || compareQuantity(low, high) <= 0) return []
  const text = `${lowName} ${formatQuantity(low)} is greater than ${highName} ${formatQuantity(high)}`
  return [invalid(field, shown && formatQuantity(shown), text)]
}

const maxMilli = 2n ** 63n / 1000n

function ratioErrors(
  field: string,
  ratio: Quantity | undefined,
  min: Quantity | undefined,
  max: Quantity | undefined,
): FieldError[] {
  if (!ratio) return []
  const text = formatQuantity(ratio)
  const errors: FieldError[] = []
  if (compareQuantity(ratio, toQuantity(1)) < 0) errors.push(invalid(field, text, `ratio ${text} is less than 1`))
  if (!min || !max) return errors
  const isSmall = [ratio, min, max].every(amount => quantityValue(amount) < maxMilli)
  const numberOf = (amount: Quantity) => Number(isSmall ? milliValue(amount) : quantityValue(amount))
  const largest = numberOf(max) / numberOf(min)
  const value = isSmall ? numberOf(ratio) / 1000 : numberOf(ratio)
  if (value > largest) {
    errors.push(invalid(field, text, `ratio ${text} is greater than max/min = ${largest.toFixed(6)}`))
  }
  return errors
}

/** What cannot be overcommitted is asked for as it is limited. */
function equalWhereNotShared(
  field: string,
  name: string,
  limit: Quantity | undefined,
  request: Quantity | undefined,
): FieldError[] {
  const isNative = !name.includes('/') || name.includes('kubernetes.io/')
  const mayOvercommit = isNative && !name.startsWith('hugepages-')
  if (mayOvercommit || !limit || !request || compareQuantity(limit, request) === 0) return []
  const [is, asks] = [formatQuantity(limit), formatQuantity(request)]
  return [invalid(field, asks, `default value ${is} must equal to defaultRequest value ${asks} in ${name}`)]
}
