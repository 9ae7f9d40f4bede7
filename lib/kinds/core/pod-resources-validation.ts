// What must hold for what containers and pods ask of a node: names of resources, amounts, requests within limits.

import {
  duplicate,
  type FieldError,
  fieldForbidden,
  fieldNotFound,
  invalid,
  notSupported,
  required,
} from '../../api/field-errors.ts'
import { compareQuantity, formatQuantity, milliValue, type Quantity, quantityValue } from '../../api/quantity.ts'
import { eachEntry, eachItem, qualifiedName, quantityOf } from '../../api/validation-rules.ts'
import type { PodSpec, ResourceRequirements } from './pod-types.ts'

const standardContainerResources = ['cpu', 'memory', 'ephemeral-storage']
const podLevelResources = ['cpu', 'memory']
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

const isHugePages = (name: string) => name.startsWith('hugepages-')
/** Without a domain, or in kubernetes.io. */
const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/')
const mayOvercommit = (name: string) => isNative(name) && !isHugePages(name)
const isWhole = (name: string) => !isNative(name) || wholeResources.includes(name)

type NameRule = (name: string, field: string) => FieldError[]

export function validateContainerResources(resources: ResourceRequirements | undefined, spec: PodSpec, field: string) {
  return resources ? requirementErrors(resources, containerResourceName, spec, field) : []
}

export function validatePodResources(spec: PodSpec, field: string): FieldError[] {
  const { resources } = spec
  if (!resources) return []
  const claims = resources.claims
    ? [fieldForbidden(`${field}.claims`, 'claims cannot be set for Resources at pod-level')]
    : []
  return [...claims, ...requirementErrors({ ...resources, claims: [] }, podResourceName, spec, field)]
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

function podResourceName(name: string, field: string): FieldError[] {
  const errors = validateResourceName(name, field)
  if (errors.length > 0 || podLevelResources.includes(name) || isHugePages(name)) return errors
  return [notSupported(field, name, podLevelResources)]
}

function requirementErrors(resources: ResourceRequirements, nameRule: NameRule, spec: PodSpec, field: string) {
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

function claimErrors({ claims = [] }: ResourceRequirements, spec: PodSpec, field: string): FieldError[] {
  const known = (spec.resourceClaims ?? []).map(({ name }) => name).sort()
  return eachItem(claims, field, ({ name, request }, at, i) => {
    if (!name) return [required(at)]
    const same = claims.slice(0, i).some(c => c.name === name && (!c.request || !request || c.request === request))
    const notFound = fieldNotFound(at, name)
    const where = known.length === 0 ? ' which is empty' : `: ${known.join(', ')}`
    const body = `${notFound.body}: must be one of the names in pod.spec.resourceClaims${where}`
    return [...(same ? [duplicate(at, name)] : []), ...(known.includes(name) ? [] : [{ ...notFound, body }])]
  })
}
