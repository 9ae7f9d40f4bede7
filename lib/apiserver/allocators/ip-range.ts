// Addresses of a range as numbers, IPv4 and IPv6 alike. Pure.

import { isIPv4, isIPv6 } from 'node:net'
import { toAddress, toNumber } from '../../util/ip-number.ts'

export interface IpRange {
  cidr: string
  family: 'IPv4' | 'IPv6'
  /** The network's own address. */
  base: bigint
  /** How many addresses there are, the network's own among them. */
  size: bigint
}

/** Throws when it is none. */
export function parseRange(cidr: string): IpRange {
  const [address = '', prefix = ''] = cidr.split('/')
  const family = isIPv4(address) ? 'IPv4' : 'IPv6'
  const bits = family === 'IPv4' ? 32 : 128
  const length = Number(prefix)
  if ((!isIPv4(address) && !isIPv6(address)) || !/^\d+$/.test(prefix) || length > bits) {
    throw new Error(`${JSON.stringify(cidr)} is no CIDR`)
  }
  const size = 1n << BigInt(bits - length)
  const number = toNumber(address)
  return { cidr, family, base: number - (number % size), size }
}

/** The first address that a service may have: that of default/kubernetes. */
export function firstAddress(cidr: string): string {
  const range = parseRange(cidr)
  return toAddress(range.base + 1n, range.family)
}

/** False for the network's own address and, in IPv4, the broadcast address. */
export function isUsable(range: IpRange, address: string): boolean {
  if (!isInRange(range, address)) return false
  const offset = toNumber(address) - range.base
  return offset > 0n && (range.family === 'IPv6' || offset < range.size - 1n)
}

function isInRange(range: IpRange, address: string): boolean {
  if ((isIPv4(address) ? 'IPv4' : 'IPv6') !== range.family) return false
  const number = toNumber(address)
  return number >= range.base && number < range.base + range.size
}

/** Of ranges within each other the innermost says which of its addresses can be given away. */
export function smallestAround(ranges: readonly IpRange[], address: string): IpRange | undefined {
  const around = ranges.filter(range => isInRange(range, address))
  return around.sort((a, b) => (a.size < b.size ? -1 : 1))[0]
}

/** How many addresses can be given away. */
export function usableCount(range: IpRange): bigint {
  return range.family === 'IPv4' ? range.size - 2n : range.size - 1n
}

/**
 * The low addresses are for those who choose theirs; the others are given away first. Between 16 and 256, a sixteenth of
 * the range. See KEP-3070.
 */
export function staticCount(range: IpRange): bigint {
  const sixteenth = range.size / 16n
  const count = sixteenth < 16n ? 16n : sixteenth > 256n ? 256n : sixteenth
  return count >= usableCount(range) ? 0n : count
}

export function nthAddress(range: IpRange, offset: bigint): string {
  return toAddress(range.base + offset, range.family)
}
