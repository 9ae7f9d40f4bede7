// The formats that a custom kind's schema may name, as upstream knows them (kube-openapi/pkg/validation/strfmt). One that
// is not listed is taken for a remark.

import { isIP, isIPv6 } from 'node:net'
import { hasControlCharacters } from '../util/control-characters.ts'
import { canonicalQuantity } from './quantity.ts'
import type { Schema } from './schema.ts'

type Test = (text: string) => boolean

const matches =
  (pattern: RegExp): Test =>
  text =>
    pattern.test(text)

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = new RegExp(`^${label}(\\.${label})*$`)

/** Longer than any address or duration, and short enough for expressions that go back and try again. */
const maxTried = 1000

/** Names are compared without hyphens: `date-time` is `datetime`. */
const formats: Record<string, Test> = {
  bsonobjectid: matches(/^[0-9a-fA-F]{24}$/),
  uri: isRequestUri,
  email: isEmail,
  hostname: isHostname,
  ipv4: text => isIpV4(text),
  ipv6: text => isIPv6(text) && !text.includes('%'),
  cidr: isCidr,
  mac: matches(
    /^([0-9a-f]{2}([:-]))([0-9a-f]{2}\2){4}[0-9a-f]{2}$|^([0-9a-f]{2}([:-]))([0-9a-f]{2}\5){6}[0-9a-f]{2}$|^([0-9a-f]{2}([:-]))([0-9a-f]{2}\8){18}[0-9a-f]{2}$|^([0-9a-f]{4}\.){2}[0-9a-f]{4}$|^([0-9a-f]{4}\.){3}[0-9a-f]{4}$|^([0-9a-f]{4}\.){9}[0-9a-f]{4}$/i,
  ),
  uuid: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid3: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid4: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
  uuid5: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
  isbn: text => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  ssn: matches(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  hexcolor: matches(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  rgbcolor: matches(
    /^rgb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*\)$/,
  ),
  byte: matches(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/),
  password: () => true,
  date: isDate,
  duration: isDuration,
  datetime: isDateTime,
  quantity: isQuantity,
  k8sshortname: text => text.length <= 63 && new RegExp(`^${label}$`).test(text),
  k8slongname: text => text.length <= 253 && subdomain.test(text),
}

/** True also for a format that is not known. */
export function isOfFormat(format: string, text: string): boolean {
  const test = find(format)
  return test ? test(text) : true
}

function find(format: string): Test | undefined {
  const name = format.replaceAll('-', '')
  return Object.hasOwn(formats, name) ? formats[name] : undefined
}

/** The schema's format when it is one of its type's. */
export function knownFormat({ type = 'string', format }: Schema): string | undefined {
  if (!format) return undefined
  if (type === 'integer') return ['int32', 'int64'].includes(format) ? format : undefined
  if (type === 'number') return ['float', 'double'].includes(format) ? format : undefined
  return type === 'string' && find(format) ? format : undefined
}

function isIpV4(text: string): boolean {
  // Go's older parser, which this format keeps, takes leading zeros.
  return isIP(text.replace(/(^|\.)0+(?=\d)/g, '$1')) === 4
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/')
  const max = isIpV4(address) ? 32 : isIPv6(address) && !address.includes('%') ? 128 : -1
  return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= max
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

function isDateTime(text: string): boolean {
  const [date = '', time, ...rest] = text.toLowerCase().split('t')
  const match = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$/.exec(time ?? '')
  if (!match || rest.length > 0 || !isDate(date)) return false
  return Number(match[1]) <= 23 && Number(match[2]) <= 59 && Number(match[3]) <= 59
}

/** As Go's time.ParseDuration takes it, or Scala's `22 hours`. */
function isDuration(text: string): boolean {
  if (text.length > maxTried) return false
  const isGo = /^[-+]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/.test(text)
  const units =
    'ns|nanos?|nanoseconds?|nsecs?|us|µs|micros?|microseconds?|usecs?|ms|millis?|milliseconds?|msecs?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?'
  return isGo || new RegExp(`^((\\d+)\\s*(${units}))+$`).test(text)
}

function isQuantity(text: string): boolean {
  try {
    canonicalQuantity(text)
    return true
  } catch {
    return false
  }
}

/** An absolute URI or an absolute path, as Go's url.ParseRequestURI takes it. */
function isRequestUri(text: string): boolean {
  const [beforeQuery = ''] = text.split('?')
  if (text === '' || beforeQuery.includes(' ') || hasControlCharacters(beforeQuery)) return false
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return false
  if (text.startsWith('/')) return true
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(text)?.[0]
  if (!scheme) return false
  const authority = /^\/\/([^/?#]*)/.exec(text.slice(scheme.length))?.[1]
  return authority === undefined || /^([^@]*@)?(\[[^\]]*\]|[^:[\]]*)(:\d*)?$/.test(authority)
}

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u0080-\\uffff-]+"
const address = new RegExp(`^("([^"\\\\]|\\\\.)*"|${atom}(\\.${atom})*)@(${atom}(\\.${atom})*|\\[[^\\]]*\\])$`)

function isEmail(text: string): boolean {
  if (text.length > maxTried) return false
  const named = /^\s*("([^"\\]|\\.)*"|[^<>"@,;:\\]*)\s*<([^<>]*)>\s*$/.exec(text)
  return address.test((named?.[3] ?? text).trim())
}

function isHostname(text: string): boolean {
  if (text.length > 255) return false
  if (isIP(text)) return isIP(text) === 4
  const part = '([a-zA-Z0-9_¡-\\uffff-]([a-zA-Z0-9_¡-\\uffff-]{0,62}))'
  return new RegExp(`^${part}(\\.${part})*\\.?$`).test(text)
}

function isIsbn10(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '')
  if (!/^\d{9}[\dX]$/.test(digits)) return false
  const sum = [...digits].reduce((total, digit, i) => total + (10 - i) * (digit === 'X' ? 10 : Number(digit)), 0)
  return sum % 11 === 0
}

function isIsbn13(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '')
  if (!/^\d{13}$/.test(digits)) return false
  return [...digits].reduce((total, digit, i) => total + Number(digit) * (i % 2 ? 3 : 1), 0) % 10 === 0
}

function isCreditCard(text: string): boolean {
  const digits = text.replace(/\D/g, '')
  const issued =
    /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$/
  const doubled = (digit: number) => (digit > 4 ? digit * 2 - 9 : digit * 2)
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, i) => total + (i % 2 ? doubled(Number(digit)) : Number(digit)), 0)
  return issued.test(digits) && sum % 10 === 0
}
