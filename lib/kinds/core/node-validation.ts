// What must hold for a node, and what of it may be set only once.

import { duplicate, type FieldError, fieldForbidden, invalid } from '../../api/field-errors.ts'
import { labelValueErrors } from '../../api/label-syntax.ts'
import { cidr, eachItem, qualifiedName, quantityOf } from '../../api/validation-rules.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import type { Node } from './node.ts'
import { validateResourceQuantity } from './pod-resources-validation.ts'
import { validateTaintEffect } from './pod-toleration-validation.ts'

type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number]

export function validateNode(node: Node): FieldError[] {
  return [...taintErrors(node.spec?.taints), ...validateNodeStatus(node), ...podCidrs(node.spec?.podCIDRs)]
}

/** Upstream's paths put taints under metadata. */
function taintErrors(taints: Taint[] = []): FieldError[] {
  return eachItem(taints, 'metadata.taints', (taint, at, i) => {
    const { key, value = '', effect } = taint
    const wrong = labelValueErrors(value)
    const isRepeated = taints.slice(0, i).some(other => other.key === key && other.effect === effect)
    const repeated = duplicate(at, taint)
    return [
      ...qualifiedName(`${at}.key`, key),
      ...(wrong.length > 0 ? [invalid(`${at}.value`, value, wrong.join(';'))] : []),
      ...validateTaintEffect(effect, `${at}.effect`),
      ...(isRepeated ? [{ ...repeated, body: `${repeated.body}: taints must be unique by key and effect pair` }] : []),
    ]
  })
}

function podCidrs(cidrs: string[] = []): FieldError[] {
  const field = 'spec.podCIDRs'
  const families = cidrs.map(value => (value.includes(':') ? 6 : 4))
  const tooMany = cidrs.length > 2 || new Set(families).size < families.length
  return [
    ...eachItem(cidrs, field, (value, at) => cidr(at, value)),
    ...(tooMany ? [invalid(field, cidrs, 'may specify no more than one CIDR for each IP family')] : []),
    ...eachItem(cidrs, field, (value, at, i) => (cidrs.indexOf(value) < i ? [duplicate(at, value)] : [])),
  ]
}

export function validateNodeStatus({ status }: Node): FieldError[] {
  return (['capacity', 'allocatable'] as const).flatMap(list =>
    Object.entries(status?.[list] ?? {}).flatMap(([name, text]) => {
      const amount = quantityOf(text)
      return amount ? validateResourceQuantity(name, amount, `status.${list}.${name}`) : []
    }),
  )
}

export function validateNodeUpdate(node: Node, old: Node): FieldError[] {
  const addresses = node.status?.addresses ?? []
  const { podCIDRs: oldCidrs = [], providerID: oldId } = old.spec ?? {}
  const { podCIDRs = [], providerID } = node.spec ?? {}
  const onlyOnce = (name: string) => `node updates may not change ${name} except from "" to valid`
  return [
    ...eachItem(addresses, 'status.addresses', (address, at, i) =>
      addresses.slice(0, i).some(other => jsonEqual(other, address)) ? [duplicate(at, address)] : [],
    ),
    ...(oldCidrs.length > 0 && !jsonEqual(oldCidrs, podCIDRs)
      ? [fieldForbidden('spec.podCIDRs', onlyOnce('podCIDR'))]
      : []),
    ...((node.spec?.externalID ?? '') === (old.spec?.externalID ?? '')
      ? []
      : [fieldForbidden('spec.externalID', 'may not be updated')]),
    ...(oldId && oldId !== providerID ? [fieldForbidden('spec.providerID', onlyOnce('providerID'))] : []),
  ]
}
