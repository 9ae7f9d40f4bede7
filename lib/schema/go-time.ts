// Times as Go's time.Parse reads them and metav1 writes them: RFC 3339, in UTC, whole seconds or microseconds.

interface Layout {
  name: string
  /** Exactly six digits of a second must be given. */
  micro: boolean
}

const seconds: Layout = { name: '2006-01-02T15:04:05Z07:00', micro: false }
const microseconds: Layout = { name: '2006-01-02T15:04:05.000000Z07:00', micro: true }

const parts: [layout: string, pattern: RegExp][] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d{2}/],
  ['-', /^-/],
  ['02', /^\d{2}/],
  ['T', /^T/],
  ['15', /^\d{2}/],
  [':', /^:/],
  ['04', /^\d{2}/],
  [':', /^:/],
  ['05', /^\d{2}/],
]

/** What is canonical already, as nearly all times are. */
const plain = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/
const plainMicro = new RegExp(plain.source.replace('Z$', '\\.\\d{6}Z$'))

/** `2020-01-01T00:00:00.5+02:00` is `2019-12-31T22:00:00Z`. Throws an Error with Go's text. */
export function canonicalTime(text: string): string {
  if (plain.test(text)) return text
  const { epochSeconds } = parseTime(text, seconds)
  return `${utc(epochSeconds)}Z`
}

/** With six digits of a second, as in a Lease. Throws an Error with Go's text. */
export function canonicalMicroTime(text: string): string {
  if (plainMicro.test(text)) return text
  const { epochSeconds, fraction } = parseTime(text, microseconds)
  return `${utc(epochSeconds)}.${fraction.slice(1)}Z`
}

const utc = (epochSeconds: number) => new Date(epochSeconds * 1000).toISOString().slice(0, 19)

function parseTime(text: string, layout: Layout): { epochSeconds: number; fraction: string } {
  const wrong = (rest: string, part: string) =>
    new Error(
      `parsing time ${JSON.stringify(text)} as "${layout.name}": cannot parse ${JSON.stringify(rest)} as "${part}"`,
    )
  let rest = text
  const numbers: number[] = []
  for (const [part, pattern] of parts) {
    const found = pattern.exec(rest)?.[0]
    if (found === undefined) throw wrong(rest, part)
    if (found.length > 1) numbers.push(Number(found))
    checkRange(text, part, numbers.at(-1) ?? 0)
    rest = rest.slice(found.length)
  }
  const fraction = (layout.micro ? /^[.,]\d{6}/ : /^([.,]\d+)?/).exec(rest)?.[0]
  if (fraction === undefined) throw wrong(rest, '.000000')
  rest = rest.slice(fraction.length)
  const offset = /^(?:Z|([+-])(\d\d):(\d\d))/.exec(rest)
  if (!offset) throw wrong(rest, 'Z07:00')
  if (rest.length > offset[0].length) {
    throw new Error(`parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest.slice(offset[0].length))}`)
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers
  if (day < 1 || day > daysIn(year, month)) throw outOfRange(text, 'day')
  const local = Date.UTC(2000, month - 1, day, hour, minute, second)
  const shifted = new Date(local).setUTCFullYear(year, month - 1, day)
  const [, sign, hours = '0', minutes = '0'] = offset
  const offsetSeconds = (Number(hours) * 60 + Number(minutes)) * 60
  return { epochSeconds: shifted / 1000 - (sign === '-' ? -offsetSeconds : offsetSeconds), fraction }
}

function checkRange(text: string, part: string, value: number): void {
  if (part === '01' && (value < 1 || value > 12)) throw outOfRange(text, 'month')
  if (part === '15' && value > 23) throw outOfRange(text, 'hour')
  if (part === '04' && value > 59) throw outOfRange(text, 'minute')
  if (part === '05' && value > 59) throw outOfRange(text, 'second')
}

const outOfRange = (text: string, what: string) =>
  new Error(`parsing time ${JSON.stringify(text)}: ${what} out of range`)

const daysIn = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate()
