// Whom the server may be sent to: nobody may use it to reach what only the machine itself can reach. Pure.

import { BlockList, isIP, isIPv4 } from 'node:net'

const forbidden = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 32],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['255.255.255.255', 32],
] as const) {
  forbidden.addSubnet(net, prefix, 'ipv4')
}
for (const [net, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  forbidden.addSubnet(net, prefix, 'ipv6')
}

/** Neither loopback, link-local, multicast, broadcast nor unspecified; also not when written as an IPv6 address. */
export function isGlobalUnicast(address: string): boolean {
  if (isIP(address) === 0) return false
  if (isIPv4(address)) return !forbidden.check(address, 'ipv4')
  return !forbidden.check(address, 'ipv6') && !isMapped(address)
}

/** An IPv4 address in an IPv6 one is checked as what it is. */
function isMapped(address: string): boolean {
  const { hostname } = new URL(`http://[${address}]/`)
  const groups = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(hostname)
  if (!groups) return false
  const bits = (Number.parseInt(groups[1] ?? '', 16) * 0x10000 + Number.parseInt(groups[2] ?? '', 16)) >>> 0
  return forbidden.check([24, 16, 8, 0].map(shift => (bits >>> shift) & 0xff).join('.'), 'ipv4')
}
