// Amounts of resources: `100m`, `1.5Gi`, `12e6`. Exact: a whole number times a power of ten, never floating point.
// Parsing, rounding and the canonical text are those of upstream's resource.Quantity.
// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

/** `unscaled` × 10 ^ `exponent`. */
export interface Quantity {
  readonly unscaled: bigint
  readonly exponent: number
  /** Which suffixes its text uses. */
  readonly format: QuantityFormat
  /** The text it was read from, where that counts as canonical. */
  readonly text?: string
}

const formatWrong = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const suffixWrong = "unable to parse quantity's suffix"

const decimalSuffixes: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const decimalSuffixOf = new Map(Object.entries(decimalSuffixes).map(([suffix, exponent]) => [exponent, suffix]))
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

const nano = -9
const maxInt64 = 2n ** 63n - 1n
const minInt64 = -(2n ** 63n)
/** Beyond this a decimal exponent is refused: such a number fills memory when it is written out. */
const maxExponent = 1000

/** Throws an Error with upstream's text. A number is taken as its decimal text. */
export function parseQuantity(value: string | number): Quantity {
  const text = typeof value === 'number' ? String(value) : value
  const parts = text === '' ? null : /^([+-]?)([0-9]*)(?:(\.)([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/.exec(text)
  if (!parts) throw new Error(formatWrong)
  const [, sign = '', whole = '', , fraction = '', suffix = ''] = parts
  const { format, exponent } = readSuffix(suffix)
  const significant = whole.replace(/^0+/, '') || '0'
  const digits = BigInt(`${significant}${fraction}`)
  const unsigned = format === 'BinarySI' ? digits * 2n ** BigInt(exponent) : digits
  const scale = (format === 'BinarySI' ? 0 : exponent) - fraction.length
  const quantity = bounded(unsigned, scale, format)
  const signed = { ...quantity, unscaled: sign === '-' ? -quantity.unscaled : quantity.unscaled }
  const keepsText = isCanonicalText(significant, fraction, scale, exponent, format)
  return keepsText ? { ...signed, text } : signed
}

function readSuffix(suffix: string): { format: QuantityFormat; exponent: number } {
  const decimal = Object.hasOwn(decimalSuffixes, suffix) ? decimalSuffixes[suffix] : undefined
  if (decimal !== undefined) return { format: 'DecimalSI', exponent: decimal }
  const binary = binarySuffixes.indexOf(suffix)
  if (binary > 0) return { format: 'BinarySI', exponent: 10 * binary }
  if (!/^[eE][+-]?[0-9]+$/.test(suffix)) throw new Error(suffixWrong)
  const exponent = Number(suffix.slice(1))
  if (Math.abs(exponent) > maxExponent) throw new Error(suffixWrong)
  return { format: 'DecimalExponent', exponent }
}

/** Rounds up to whole nanos; caps what has a binary suffix at the largest int64. */
function bounded(unscaled: bigint, exponent: number, format: QuantityFormat): Quantity {
  if (exponent < nano) return bounded(divideUp(unscaled, 10n ** BigInt(nano - exponent)), nano, format)
  if (format !== 'BinarySI') return { unscaled, exponent, format }
  const one = 10n ** BigInt(-exponent)
  if (unscaled > maxInt64 * one) return { unscaled: maxInt64, exponent: 0, format }
  return { unscaled, exponent, format: unscaled > 0n && unscaled < one ? 'DecimalSI' : format }
}

/** Upstream keeps such a text as it is, even if it is not the shortest: `1.500`, `+1`, `1e3`. */
function isCanonicalText(
  whole: string,
  fraction: string,
  scale: number,
  exponent: number,
  format: QuantityFormat,
): boolean {
  const digits = whole + fraction
  if (format === 'BinarySI') {
    const precision = 15 - whole.length - Math.trunc((exponent * 3) / 10) - 1
    return fraction === '' && precision >= 0 && (BigInt(digits) & 7n) !== 0n
  }
  return digits.length <= 18 && scale >= nano && scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0')
}

/** Divides a number, rounding away from zero. */
function divideUp(value: bigint, by: bigint): bigint {
  const quotient = value / by
  if (value % by === 0n) return quotient
  return value > 0n ? quotient + 1n : quotient - 1n
}

export function isZero(q: Quantity): boolean {
  return q.unscaled === 0n
}

/** Negative, 0 or positive, as for sort. */
export function compareQuantity(a: Quantity, b: Quantity): number {
  const [x, y] = aligned(a, b)
  return x < y ? -1 : x > y ? 1 : 0
}

export function addQuantity(a: Quantity, b: Quantity): Quantity {
  const [x, y, exponent] = aligned(a, b)
  return { unscaled: x + y, exponent, format: isZero(a) ? b.format : a.format }
}

export function subQuantity(a: Quantity, b: Quantity): Quantity {
  return addQuantity(a, { ...b, unscaled: -b.unscaled })
}

function aligned(a: Quantity, b: Quantity): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent)
  return [atExponent(a, exponent), atExponent(b, exponent), exponent]
}

/** The number of 10 ^ `exponent` in a quantity, rounded up. */
function atExponent(q: Quantity, exponent: number): bigint {
  const shift = q.exponent - exponent
  return shift >= 0 ? q.unscaled * 10n ** BigInt(shift) : divideUp(q.unscaled, 10n ** BigInt(-shift))
}

/** In whole units, rounded up; no further from zero than an int64 goes. */
export function quantityValue(q: Quantity): bigint {
  return clamped(atExponent(q, 0))
}

/** In thousandths, rounded up; no further from zero than an int64 goes. */
export function milliValue(q: Quantity): bigint {
  return clamped(atExponent(q, -3))
}

function clamped(value: bigint): bigint {
  return value > maxInt64 ? maxInt64 : value < minInt64 ? minInt64 : value
}

/** A quantity of whole units. */
export function toQuantity(value: bigint | number, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { unscaled: BigInt(value), exponent: 0, format }
}

/** The canonical text: no fraction, the largest suffix that loses nothing. */
export function formatQuantity(q: Quantity): string {
  if (q.text !== undefined) return q.text
  if (isZero(q)) return '0'
  if (q.format === 'BinarySI' && isBinary(q)) return binaryText(atExponent(q, 0))
  return decimalText(q, q.format === 'DecimalExponent' ? 'DecimalExponent' : 'DecimalSI')
}

/** True when binary suffixes show the quantity exactly, and help. */
function isBinary(q: Quantity): boolean {
  const value = atExponent(q, 0)
  const exact = q.exponent >= 0 || value * 10n ** BigInt(-q.exponent) === q.unscaled
  return exact && (value >= 1024n || value <= -1024n)
}

function binaryText(value: bigint): string {
  let mantissa = value
  let power = 0
  while (mantissa % 1024n === 0n && power < binarySuffixes.length - 1) {
    mantissa /= 1024n
    power++
  }
  return `${mantissa}${binarySuffixes[power]}`
}

/** A number beyond the largest suffix is written with an exponent. */
function decimalText(q: Quantity, format: QuantityFormat): string {
  let { unscaled, exponent } = q
  while (unscaled % 10n === 0n) {
    unscaled /= 10n
    exponent++
  }
  while (exponent % 3 !== 0) {
    unscaled *= 10n
    exponent--
  }
  const suffix = format === 'DecimalSI' ? decimalSuffixOf.get(exponent) : undefined
  return `${unscaled}${suffix ?? (exponent === 0 ? '' : `e${exponent}`)}`
}

/** The canonical text of a quantity's text: `1024Mi` is `1Gi`. Throws an Error with upstream's text. */
export function canonicalQuantity(text: string | number): string {
  return formatQuantity(parseQuantity(text))
}
