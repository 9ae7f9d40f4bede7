// What must hold for a quota: resources that can be counted, and scopes that fit them.

import { type FieldError, invalid, required } from '../../api/field-errors.ts'
import { immutable } from '../../api/validation.ts'
import { eachEntry, quantityOf } from '../../api/validation-rules.ts'
import { validateResourceName, validateResourceQuantity } from './pod-resources-validation.ts'
import type { ResourceQuota } from './resource-quota.ts'

type Spec = NonNullable<ResourceQuota['spec']>
type Amounts = Record<string, string> | undefined

const podResources = ['pods', ...['', 'requests.', 'limits.'].flatMap(part => [`${part}cpu`, `${part}memory`])]
const quotaResources = [
  ...podResources,
  ...['', 'requests.', 'limits.'].map(part => `${part}ephemeral-storage`),
  'requests.storage',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
]
const isHugePages = (name: string) => name.startsWith('hugepages-') || name.startsWith('requests.hugepages-')
const isQuotaResource = (name: string) => quotaResources.includes(name) || isHugePages(name)

export function validateQuotaSpec(spec: Spec = {}): FieldError[] {
  return [...amountErrors(spec.hard, 'spec.hard'), ...scopeErrors(spec), ...selectorErrors(spec)]
}

export function validateQuotaStatus({ status }: ResourceQuota): FieldError[] {
  return [...amountErrors(status?.hard, 'status.hard'), ...amountErrors(status?.used, 'status.used')]
}

export function validateQuotaUpdate({ spec }: ResourceQuota, { spec: old }: ResourceQuota): FieldError[] {
  const sorted = (scopes: string[] = []) => [...new Set(scopes)].sort()
  return immutable('spec.scopes', sorted(spec?.scopes), sorted(old?.scopes))
}

function amountErrors(amounts: Amounts, field: string): FieldError[] {
  return eachEntry(amounts, field, (text, at, name) => {
    const amount = quantityOf(text)
    return [...nameErrors(name, at), ...(amount ? validateResourceQuantity(name, amount, at) : [])]
  })
}

function nameErrors(name: string, field: string): FieldError[] {
  const errors = isHugePages(name) ? [] : validateResourceName(name, field)
  if (name.includes('/') || isQuotaResource(name)) return errors
  return [...errors, invalid(field, name, 'must be a standard resource for quota')]
}

/** What each scope may count; the others count pods and what pods use. */
const scopes: Record<string, string[]> = {
  Terminating: podResources,
  NotTerminating: podResources,
  BestEffort: ['pods'],
  NotBestEffort: podResources,
  PriorityClass: podResources,
  CrossNamespacePodAffinity: podResources,
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
}

function misapplied(scope: string, spec: Spec): string[] {
  const fitting = scopes[scope]
  const names = Object.keys(spec.hard ?? {}).sort()
  return names.filter(name => isQuotaResource(name) && fitting !== undefined && !fitting.includes(name))
}

function scopeErrors(spec: Spec): FieldError[] {
  const given = spec.scopes ?? []
  const wrong = (text: string) => invalid('spec.scopes', given, text)
  return [
    ...given.flatMap(scope => [
      ...(scope in scopes ? [] : [wrong('unsupported scope')]),
      ...misapplied(scope, spec).map(() => wrong('unsupported scope applied to resource')),
    ]),
    ...conflicts(given).map(() => wrong('conflicting scopes')),
  ]
}

function conflicts(given: string[]): string[][] {
  const pairs = [
    ['BestEffort', 'NotBestEffort'],
    ['Terminating', 'NotTerminating'],
  ]
  return pairs.filter(pair => pair.every(scope => given.includes(scope)))
}

const existenceOnly = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity']
const existsText =
  "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

/** Upstream's paths do not say which expression. */
function selectorErrors(spec: Spec): FieldError[] {
  const expressions = spec.scopeSelector?.matchExpressions ?? []
  const field = 'spec.scopeSelector.matchExpressions'
  return [
    ...expressions.flatMap(({ scopeName, operator, values = [] }) => [
      ...(scopeName in scopes ? [] : [invalid(`${field}.scopeName`, scopeName, 'unsupported scope')]),
      ...misapplied(scopeName, spec).map(() =>
        invalid(field, spec.scopeSelector, 'unsupported scope applied to resource'),
      ),
      ...(existenceOnly.includes(scopeName) && operator !== 'Exists'
        ? [invalid(`${field}.operator`, operator, existsText)]
        : []),
      ...operatorErrors(operator, values, field),
    ]),
    ...conflicts(expressions.map(({ scopeName }) => scopeName)).map(() =>
      invalid(field, spec.scopes ?? null, 'conflicting scopes'),
    ),
  ]
}

function operatorErrors(operator: string, values: string[], field: string): FieldError[] {
  const forSelector = 'for scope selector'
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return []
      return [
        required(`${field}.values`, `must be at least one value when \`operator\` is 'In' or 'NotIn' ${forSelector}`),
      ]
    case 'Exists':
    case 'DoesNotExist': {
      const text = `must be no value when \`operator\` is 'Exist' or 'DoesNotExist' ${forSelector}`
      return values.length === 0 ? [] : [invalid(`${field}.values`, values, text)]
    }
    default:
      return [invalid(`${field}.operator`, operator, 'not a valid selector operator')]
  }
}
