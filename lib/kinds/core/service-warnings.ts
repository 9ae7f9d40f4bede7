// What is said to those who ask a service for what it will not do, or write addresses in two ways.

import { isIPv6 } from 'node:net'
import { goQuote } from '../../util/go-quote.ts'
import { networkOf, toAddress, toNumber } from '../../util/ip-number.ts'
import type { Service } from './service.ts'
import { isHeadless } from './service-address-validation.ts'

const hints = 'service.kubernetes.io/topology-aware-hints'
const mode = 'service.kubernetes.io/topology-mode'

export function serviceWarnings({ metadata, spec = {} }: Service): string[] {
  const { clusterIPs = [], externalIPs = [], loadBalancerIP, loadBalancerSourceRanges = [], type } = spec
  const addresses: [string, string][] = [
    ...clusterIPs.map((address, i): [string, string] => [`spec.clusterIPs[${i}]`, address]),
    ...externalIPs.map((address, i): [string, string] => [`spec.externalIPs[${i}]`, address]),
    ...(loadBalancerIP ? [['spec.loadBalancerIP', loadBalancerIP] as [string, string]] : []),
  ]
  return [
    ...(metadata.annotations?.[hints] === undefined
      ? []
      : [`annotation ${hints} is deprecated, please use ${mode} instead`]),
    ...(isHeadless(spec) ? headlessWarnings(spec) : []),
    ...(externalIPs.length > 0 ? ['spec.externalIPs is deprecated'] : []),
    ...addresses.flatMap(([field, address]) => addressWarnings(field, address)),
    ...loadBalancerSourceRanges.flatMap((range, i) => rangeWarnings(`spec.loadBalancerSourceRanges[${i}]`, range)),
    ...(type === 'ExternalName' && externalIPs.length > 0
      ? ['spec.externalIPs is ignored when spec.type is "ExternalName"']
      : []),
    ...(type !== 'ExternalName' && spec.externalName
      ? ['spec.externalName is ignored when spec.type is not "ExternalName"']
      : []),
  ]
}

function headlessWarnings({ loadBalancerIP, externalIPs, sessionAffinity }: NonNullable<Service['spec']>): string[] {
  const ignored = (name: string) => `spec.${name} is ignored for headless services`
  return [
    ...(loadBalancerIP ? [ignored('loadBalancerIP')] : []),
    ...(externalIPs?.length ? [ignored('externalIPs')] : []),
    ...(sessionAffinity === 'None' ? [] : [ignored('SessionAffinity')]),
  ]
}

/** IPv6 addresses have many spellings, and controllers compare texts. */
function addressWarnings(field: string, address: string): string[] {
  if (!isIPv6(address)) return []
  const canonical = toAddress(toNumber(address), 'IPv6')
  if (address === canonical) return []
  const [is, should] = [goQuote(address), goQuote(canonical)]
  return [
    `${field}: IPv6 address ${is} is not in RFC 5952 canonical format (${should}), which may cause controller apply-loops`,
  ]
}

function rangeWarnings(field: string, range: string): string[] {
  const [address = '', bits = ''] = range.trim().split('/')
  if (!isIPv6(address)) return []
  const canonical = `${toAddress(networkOf(address, Number(bits)), 'IPv6')}/${bits}`
  if (range.trim() === canonical) return []
  const [is, should] = [goQuote(range), goQuote(canonical)]
  return [
    `${field}: IPv6 CIDR value ${is} is not in RFC 5952 canonical format (${should}), which may cause controller apply-loops`,
  ]
}
