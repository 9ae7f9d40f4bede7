// What must hold for what containers and pods ask of a node: names of resources, amounts, requests within limits.

import { duplicate, type FieldError, fieldForbidden, fieldNotFound, invalid, required } from '../../api/field-errors.ts'
import { compareQuantity, formatQuantity, milliValue, type Quantity, quantityValue } from '../../api/quantity.ts'
import { dnsLabel, eachEntry, eachItem, qualifiedName, quantityOf } from '../../api/validation-rules.ts'
import { isHugePages, isNative, mayOvercommit } from './pod-resource-amounts.ts'
import type { PodSpec, ResourceRequirements } from './pod-types.ts'

const standardContainerResources = ['cpu', 'memory', 'ephemeral-storage']
/** Counted objects. */
const wholeResources = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]
const standardResources = [
  ...wholeResources,
  ...['', 'requests.', 'limits.'].flatMap(prefix => standardContainerResources.map(name => prefix + name)),
  'storage',
  'requests.storage',
]

const isWhole = (name: string) => !isNative(name) || wholeResources.includes(name)

export type NameRule = (name: string, field: string) => FieldError[]

export function validateContainerResources(resources: ResourceRequirements | undefined, spec: PodSpec, field: string) {
  return resources ? requirementErrors(resources, containerResourceName, spec, field) : []
}

export function validateOverhead(overhead: ResourceRequirements['limits'], field: string): FieldError[] {
  return overhead ? requirementErrors({ limits: overhead }, containerResourceName, {}, field) : []
}

export function validateResourceName(name: string, field: string): FieldError[] {
  const errors = qualifiedName(field, name)
  if (errors.length > 0 || name.includes('/')) return errors
  const isStandard = standardResources.includes(name) || isHugePages(name)
  return isStandard ? [] : [invalid(field, name, 'must be a standard resource type or fully qualified')]
}

export function containerResourceName(name: string, field: string): FieldError[] {
  const errors = validateResourceName(name, field)
  if (!name.includes('/')) {
    const isStandard = standardContainerResources.includes(name) || isHugePages(name)
    return isStandard ? errors : [...errors, invalid(field, name, 'must be a standard resource for containers')]
  }
  const isExtended = isNative(name) || qualifiedName(field, `requests.${name}`).length === 0
  return isExtended ? errors : [...errors, invalid(field, name, "doesn't follow extended resource name standard")]
}

export function requirementErrors(
  resources: ResourceRequirements,
  nameRule: NameRule,
  spec: Pick<PodSpec, 'resourceClaims'>,
  field: string,
): FieldError[] {
  const { limits = {}, requests = {} } = resources
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  const needsMore = names.some(isHugePages) && !names.some(name => name === 'cpu' || name === 'memory')
  return [
    ...eachEntry(limits, `${field}.limits`, (text, at, name) => amountErrors(name, text, nameRule, at)),
    ...eachEntry(requests, `${field}.requests`, (text, at, name) => [
      ...amountErrors(name, text, nameRule, at),
      ...withinLimit(name, quantityOf(text), quantityOf(limits[name]), field),
    ]),
    ...(needsMore ? [fieldForbidden(field, 'HugePages require cpu or memory')] : []),
    ...claimErrors(resources, spec, `${field}.claims`),
  ]
}

function amountErrors(name: string, text: string, nameRule: NameRule, field: string): FieldError[] {
  const amount = quantityOf(text)
  return [
    ...nameRule(name, field),
    ...(amount ? validateResourceQuantity(name, amount, field) : []),
    ...(amount && isHugePages(name) && !isMultiple(amount, name)
      ? [
          invalid(
            field,
            formatQuantity(amount),
            `${formatQuantity(amount)} is not positive integer multiple of ${name}`,
          ),
        ]
      : []),
  ]
}

/** Not negative, and whole where the resource cannot be divided. */
export function validateResourceQuantity(name: string, amount: Quantity, field: string): FieldError[] {
  const text = formatQuantity(amount)
  return [
    ...(amount.unscaled < 0n ? [invalid(field, text, 'must be greater than or equal to 0')] : []),
    ...(isWhole(name) && milliValue(amount) % 1000n !== 0n ? [invalid(field, text, 'must be an integer')] : []),
  ]
}

function isMultiple(amount: Quantity, name: string): boolean {
  const page = quantityOf(name.slice('hugepages-'.length))
  if (!page || page.unscaled <= 0n) return false
  return quantityValue(amount) % quantityValue(page) === 0n
}

function withinLimit(name: string, request: Quantity | undefined, limit: Quantity | undefined, field: string) {
  if (!request) return []
  if (!limit) {
    if (mayOvercommit(name)) return []
    return [required(`${field}.limits`, 'Limit must be set for non overcommitable resources')]
  }
  const order = compareQuantity(request, limit)
  const text = (relation: string) => `must be ${relation} ${name} limit of ${formatQuantity(limit)}`
  const requests = `${field}.requests`
  if (order !== 0 && !mayOvercommit(name)) return [invalid(requests, formatQuantity(request), text('equal to'))]
  return order > 0 ? [invalid(requests, formatQuantity(request), text('less than or equal to'))] : []
}

type Claim = NonNullable<ResourceRequirements['claims']>[number]

function claimErrors({ claims = [] }: ResourceRequirements, spec: Pick<PodSpec, 'resourceClaims'>, field: string) {
  const known = (spec.resourceClaims ?? [])
    .map(({ name }) => name)
    .filter(name => name)
    .sort()
  const where = known.length === 0 ? ' which is empty' : `: ${known.join(', ')}`
  return eachItem(claims, field, (claim, at, i) => {
    if (!claim.name) return [required(at)]
    const notFound = fieldNotFound(at, claim.name)
    const body = `${notFound.body}: must be one of the names in pod.spec.resourceClaims${where}`
    return [
      ...claimedBefore(claim, claims.slice(0, i), at),
      ...(known.includes(claim.name) ? [] : [{ ...notFound, body }]),
    ]
  })
}

/** A claim as a whole and one of its requests overlap. */
function claimedBefore({ name, request }: Claim, before: Claim[], field: string): FieldError[] {
  const same = before.filter(claim => claim.name === name)
  if (same.some(claim => !claim.request)) return [duplicate(field, name)]
  if (!request) return same.map(() => duplicate(field, name))
  const errors = dnsLabel(`${field}.request`, request)
  return same.some(claim => claim.request === request) ? [...errors, duplicate(field, `${name}/${request}`)] : errors
}
