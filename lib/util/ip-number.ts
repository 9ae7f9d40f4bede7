// IP addresses as numbers, IPv4 and IPv6 alike, and back as their canonical text. For valid addresses only.

import { isIPv4 } from 'node:net'

export function toNumber(address: string): bigint {
  if (isIPv4(address)) return address.split('.').reduce((number, part) => number * 256n + BigInt(part), 0n)
  return groupsOf(address).reduce((number, group) => number * 65536n + BigInt(group), 0n)
}

function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const parse = (text: string) => (text === '' ? [] : text.split(':').flatMap(groupOf))
  const [before, after] = [parse(head), parse(tail ?? '')]
  if (tail === undefined) return before
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

/** An IPv4 tail is two groups. */
function groupOf(text: string): number[] {
  if (!text.includes('.')) return [Number.parseInt(text, 16)]
  const number = Number(toNumber(text))
  return [Math.floor(number / 65536), number % 65536]
}

export function toAddress(number: bigint, family: 'IPv4' | 'IPv6'): string {
  if (family === 'IPv4') return [24n, 16n, 8n, 0n].map(shift => (number >> shift) & 255n).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => Number((number >> BigInt(112 - 16 * i)) & 65535n))
  return shortened(groups)
}

/** The longest run of zeros, of two or more, becomes `::`. */
function shortened(groups: number[]): string {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  const text = (part: number[]) => part.map(group => group.toString(16)).join(':')
  if (best.length < 2) return text(groups)
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`
}

/** The first address of the network that has these leading bits. */
export function networkOf(address: string, bits: number): bigint {
  const size = 1n << BigInt((isIPv4(address) ? 32 : 128) - bits)
  const number = toNumber(address)
  return number - (number % size)
}
