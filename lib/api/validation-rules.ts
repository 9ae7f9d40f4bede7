// The small rules that most validation is made of. Each takes the field's path and a value and returns what is wrong.

import { isIP } from 'node:net'
import { networkOf, toNumber } from '../util/ip-number.ts'
import { type FieldError, invalid, notSupported, required } from './field-errors.ts'
import { parseQuantity, type Quantity } from './quantity.ts'
import { asInvalid } from './validation.ts'
import {
  dnsLabelErrors,
  dnsSubdomainErrors,
  portNameErrors,
  portNumberErrors,
  qualifiedNameErrors,
} from './validation-names.ts'

/** The errors of every item, under `field[i]`. */
export function eachItem<T>(
  items: readonly T[] | undefined,
  field: string,
  errorsOf: (item: T, field: string, index: number) => FieldError[],
): FieldError[] {
  return (items ?? []).flatMap((item, i) => errorsOf(item, `${field}[${i}]`, i))
}

/** The errors of every entry, under `field[key]`. */
export function eachEntry<T>(
  entries: Record<string, T> | undefined,
  field: string,
  errorsOf: (value: T, field: string, key: string) => FieldError[],
): FieldError[] {
  return Object.entries(entries ?? {}).flatMap(([key, value]) => errorsOf(value, `${field}[${key}]`, key))
}

export function requiredText(field: string, value: string | undefined): FieldError[] {
  return value ? [] : [required(field)]
}

/** Required, and one of the words; `supported` is printed in the order given. */
export function requiredWord(field: string, value: string | undefined, supported: string[]): FieldError[] {
  return value ? optionalWord(field, value, supported) : [required(field)]
}

export function optionalWord(field: string, value: string | undefined, supported: string[]): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(field, value, supported)]
}

/** What was left out is the empty text, as it is to Go. */
export const dnsLabel = (field: string, value = '') => asInvalid(field, value, dnsLabelErrors(value))
export const dnsSubdomain = (field: string, value = '') => asInvalid(field, value, dnsSubdomainErrors(value))
export const qualifiedName = (field: string, value = '') => asInvalid(field, value, qualifiedNameErrors(value))
export const portNumber = (field: string, value: number) => asInvalid(field, value, portNumberErrors(value))

/** What was left out is the number 0, as it is to Go. */
export function portNumberOrName(field: string, value: string | number = 0): FieldError[] {
  return typeof value === 'number' ? portNumber(field, value) : asInvalid(field, value, portNameErrors(value))
}

export function inRange(field: string, value: number | undefined, min: number, max: number): FieldError[] {
  if (value === undefined || (value >= min && value <= max)) return []
  return [invalid(field, value, `must be between ${min} and ${max}, inclusive`)]
}

/** Neither `010.0.0.1` nor `::ffff:10.0.0.1`: some read the one as octal, and the other is IPv4 to some. */
export function ipAddress(field: string, value = ''): FieldError[] {
  const wrong = (detail: string) => [invalid(field, value, detail)]
  if (value.includes('%') || !isIP(value.replace(/(?<![0-9a-f:])0+(?=[0-9])/gi, ''))) {
    return wrong('must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')
  }
  if (!isIP(value)) return wrong('must not have leading 0s')
  return isMappedIPv4(value) ? wrong('must not be an IPv4-mapped IPv6 address') : []
}

function isMappedIPv4(address: string): boolean {
  return isIP(address) === 6 && /^\[::ffff:[0-9a-f]+:[0-9a-f]+\]$/.test(new URL(`http://[${address}]`).hostname)
}

export function cidr(field: string, value: string): FieldError[] {
  const wrong = (detail: string) => [invalid(field, value, detail)]
  const plain = value.replace(/(?<![0-9a-f:])0+(?=[0-9])/gi, '')
  if (!isCidr(plain)) return wrong('must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')
  if (!isCidr(value) || plain.split('/')[1] !== value.split('/')[1]) {
    return wrong('must not have leading 0s in IP or prefix length')
  }
  const [address = '', bits] = value.split('/')
  if (isMappedIPv4(address)) return wrong('must not have an IPv4-mapped IPv6 address')
  // 10.0.0.1/8 says more than a range.
  const isNetwork = networkOf(address, Number(bits)) === toNumber(address)
  return isNetwork ? [] : wrong('must not have bits set beyond the prefix length')
}

function isCidr(value: string): boolean {
  const [address = '', bits = '', ...rest] = value.split('/')
  const family = isIP(address)
  return family !== 0 && rest.length === 0 && /^[0-9]{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}

/** undefined for what is no quantity; the schema has refused it already. */
export function quantityOf(text: string | undefined): Quantity | undefined {
  if (text === undefined) return undefined
  try {
    return parseQuantity(text)
  } catch {
    return undefined
  }
}

/** A whole number or a percentage, as in `25%`. */
export type IntOrString = number | string

/** 25 of `25%`; undefined for what is no percentage. */
export function percentOf(value: IntOrString | undefined): number | undefined {
  if (typeof value !== 'string' || !/^[0-9]+%$/.test(value)) return undefined
  return Number(value.slice(0, -1))
}

/** A number that is not negative, or a percentage. */
export function nonNegativeIntOrPercent(field: string, value: IntOrString): FieldError[] {
  if (typeof value === 'number') {
    return value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : []
  }
  if (percentOf(value) !== undefined) return []
  const text =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
  return [invalid(field, value, text)]
}

/** A percentage may not be more than 100%. */
export function atMost100Percent(field: string, value: IntOrString): FieldError[] {
  return (percentOf(value) ?? 0) > 100 ? [invalid(field, value, 'must not be greater than 100%')] : []
}
