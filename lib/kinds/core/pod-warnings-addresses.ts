// What is said of IPv6 addresses that are not written in the one form that everybody compares by (RFC 5952).

import { isIPv6 } from 'node:net'
import { goQuote } from '../../util/go-quote.ts'
import type { PodSpec } from './pod-types.ts'

export function addressWarnings({ dnsConfig, hostAliases = [] }: PodSpec, field: string): string[] {
  return [
    ...(dnsConfig?.nameservers ?? []).flatMap((ip, i) => addressWarning(ip, `${field}.dnsConfig.nameservers[${i}]`)),
    ...hostAliases.flatMap(({ ip }, i) => addressWarning(ip, `${field}.hostAliases[${i}].ip`)),
  ]
}

function addressWarning(ip: string, field: string): string[] {
  const canonical = isIPv6(ip) && !ip.includes('%') ? new URL(`http://[${ip}]`).hostname.slice(1, -1) : ip
  if (canonical === ip) return []
  return [`${field}: IPv6 address ${goQuote(ip)} should be in RFC 5952 canonical format (${goQuote(canonical)})`]
}
