// What must hold for a service's own addresses and their families, and what an update may not change of them.

import { isIPv6 } from 'node:net'
import { duplicate, type FieldError, invalid, notSupported, required } from '../../api/field-errors.ts'
import { eachItem, ipAddress, optionalWord } from '../../api/validation-rules.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import type { ServiceSpec } from './service.ts'

const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
const field = 'spec.clusterIPs'

export function isHeadless({ clusterIPs = [] }: ServiceSpec): boolean {
  return clusterIPs.length === 1 && clusterIPs[0] === 'None'
}

export function validateAddresses(spec: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName') return []
  const { ipFamilies = [] } = spec
  return [
    ...bothAgree(spec),
    ...eachItem(ipFamilies, 'spec.ipFamilies', (family, at, i) => [
      ...(family === 'IPv4' || family === 'IPv6' ? [] : [notSupported(at, family, ['IPv4', 'IPv6'])]),
      ...(ipFamilies.indexOf(family) < i ? [duplicate(at, family)] : []),
    ]),
    ...optionalWord('spec.ipFamilyPolicy', spec.ipFamilyPolicy, policies),
    ...addressErrors(spec),
  ]
}

function bothAgree({ clusterIP, clusterIPs = [] }: ServiceSpec): FieldError[] {
  if (!clusterIP) {
    const text = 'must be empty when `clusterIP` is not specified'
    return clusterIPs.length > 0 ? [invalid(field, clusterIPs, text)] : []
  }
  if (clusterIPs.length === 0) return [required(field)]
  return clusterIPs[0] === clusterIP ? [] : [invalid(field, clusterIPs, 'first value must match `clusterIP`')]
}

function addressErrors(spec: ServiceSpec): FieldError[] {
  const { clusterIPs = [] } = spec
  const wrong = eachItem(clusterIPs, field, (address, at, i) => {
    if (i > 0 || address !== 'None') return ipAddress(at, address)
    return clusterIPs.length > 1 ? [invalid(field, clusterIPs, "'None' must be the first and only value")] : []
  })
  const many = clusterIPs.length > 2 ? [invalid(field, clusterIPs, 'may only hold up to 2 values')] : []
  if (wrong.length > 0) return [...wrong, ...many]
  return [...many, ...oneOfEachFamily(clusterIPs), ...familiesMatch(spec)]
}

function oneOfEachFamily(addresses: string[]): FieldError[] {
  const isDualStack = new Set(addresses.map(isIPv6)).size === 2
  if (addresses.length < 2 || isDualStack) return []
  return [invalid(field, addresses, 'may specify no more than one IP for each IP family')]
}

function familiesMatch(spec: ServiceSpec): FieldError[] {
  const { clusterIPs = [], ipFamilies = [] } = spec
  if (isHeadless(spec)) return []
  return eachItem(clusterIPs, field, (address, at, i) => {
    const family = ipFamilies[i]
    const is = isIPv6(address) ? 'IPv6' : 'IPv4'
    if (!family || family === is || (family !== 'IPv4' && family !== 'IPv6')) return []
    return [invalid(at, address, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``)]
  })
}

const onceSet = 'may not change once set'

/** A second address and family may come and go; the first stays, unless the service begins or ends as an alias. */
export function validateAddressUpdate(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return []
  return [...addressesKept(spec, old), ...familiesKept(spec, old)]
}

function addressesKept(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  const { clusterIPs: after = [] } = spec
  const { clusterIPs: before = [] } = old
  if (isHeadless(spec) && isHeadless(old)) return []
  if (before.length === after.length) {
    return eachItem(before, field, (address, at, i) => (address === after[i] ? [] : [invalid(at, after, onceSet)]))
  }
  const changed = before.length > 0 && after.length > 0 && before[0] !== after[0]
  const isReleased = before.length > after.length
  return [
    ...(isReleased && after.length === 0 ? [invalid(`${field}[0]`, after, 'primary clusterIP can not be unset')] : []),
    ...(changed ? [invalid(`${field}[0]`, after, onceSet)] : []),
    ...(isReleased && after.length === 1 ? singleStack(spec, 'clusterIP') : []),
  ]
}

function singleStack({ ipFamilyPolicy: policy }: ServiceSpec, what: string): FieldError[] {
  if (policy === 'SingleStack') return []
  return [invalid('spec.ipFamilyPolicy', policy, `must be set to 'SingleStack' when releasing the secondary ${what}`)]
}

function familiesKept(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  const { ipFamilies: after = [], clusterIPs = [] } = spec
  const { ipFamilies: before = [] } = old
  if (isHeadless(spec) || isHeadless(old)) return []
  const at = 'spec.ipFamilies[0]'
  if (before.length === after.length) return jsonEqual(before, after) ? [] : [invalid(at, after, onceSet)]
  const changed = before.length > 0 && after.length > 0 && before[0] !== after[0]
  const isReleased = before.length > after.length
  return [
    ...(isReleased && clusterIPs.length === 0 ? [invalid(at, after, 'primary ipFamily can not be unset')] : []),
    ...(changed ? [invalid(at, clusterIPs, onceSet)] : []),
    ...(isReleased && after.length === 1 ? singleStack(spec, 'ipFamily') : []),
  ]
}
