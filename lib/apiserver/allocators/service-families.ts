// Which families of addresses a Service has, where the cluster has one. Pure.

import { isIPv6 } from 'node:net'
import { type FieldError, invalid } from '../../api/field-errors.ts'
import { validateAddresses } from '../../kinds/core/service-address-validation.ts'
import { isHeadless, type ServiceSpec } from './service-needs.ts'

type Family = 'IPv4' | 'IPv6'

/** Fills in what was left out; answers what cannot be had here. */
export function setFamilies(spec: ServiceSpec, family: Family): FieldError[] {
  if (spec.type === 'ExternalName') return []
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP]
  const wrong = validateAddresses(spec)
  if (wrong.length > 0) return wrong
  if (isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0) return headlessWithoutSelector(spec, family)
  const errors = [...policyMismatch(spec), ...notHere(spec, family)]
  if (errors.length > 0) return errors
  spec.ipFamilies = spec.ipFamilies?.length ? spec.ipFamilies : [family]
  spec.ipFamilyPolicy ??= 'SingleStack'
  return []
}

/** Its endpoints are written by hand, and may be of both families even here. */
function headlessWithoutSelector(spec: ServiceSpec, family: Family): FieldError[] {
  spec.ipFamilyPolicy ??= 'RequireDualStack'
  spec.ipFamilies = spec.ipFamilies?.length ? spec.ipFamilies : [family]
  const [first] = spec.ipFamilies
  if (spec.ipFamilyPolicy !== 'SingleStack' && spec.ipFamilies.length === 1) {
    spec.ipFamilies = [first ?? family, first === 'IPv4' ? 'IPv6' : 'IPv4']
  }
  return []
}

function policyMismatch({ ipFamilyPolicy, clusterIPs = [], ipFamilies = [] }: ServiceSpec): FieldError[] {
  if (ipFamilyPolicy !== undefined && ipFamilyPolicy !== 'SingleStack') return []
  const wrong = (what: string) =>
    invalid(
      'spec.ipFamilyPolicy',
      ipFamilyPolicy,
      `must be RequireDualStack or PreferDualStack when multiple ${what} are specified`,
    )
  return [
    ...(clusterIPs.length === 2 ? [wrong('cluster IPs')] : []),
    ...(ipFamilies.length === 2 ? [wrong('IP families')] : []),
  ]
}

function notHere({ ipFamilyPolicy, ipFamilies = [], clusterIPs = [] }: ServiceSpec, family: Family): FieldError[] {
  const missing = 'not configured on this cluster'
  const ofAddresses = clusterIPs.map(address => (isIPv6(address) ? 'IPv6' : 'IPv4'))
  const families = ipFamilies.length > 0 ? ipFamilies : clusterIPs.includes('None') ? [] : ofAddresses
  const errors = families.flatMap((one, i) => (one === family ? [] : [invalid(`spec.ipFamilies[${i}]`, one, missing)]))
  if (ipFamilyPolicy === 'RequireDualStack') {
    errors.push(
      invalid('spec.ipFamilyPolicy', ipFamilyPolicy, 'this cluster is not configured for dual-stack services'),
    )
  }
  return errors
}
