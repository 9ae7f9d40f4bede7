// Schedules in the dialect of robfig/cron, which Kubernetes reads: five fields, names of months and days, steps, and
// descriptors such as @daily and @every 1h30m. Parsing only; texts of errors are those of that library.

import { parseGoDuration } from './go-duration.ts'
import { goQuote } from './go-quote.ts'

/** One field: which values match. `isAny` for `*` and `?`, which leave the choice to the other field of the day. */
export interface CronField {
  values: ReadonlySet<number>
  isAny: boolean
}

export type CronSchedule =
  | {
      minute: CronField
      hour: CronField
      dayOfMonth: CronField
      month: CronField
      dayOfWeek: CronField
      /** From a prefix `TZ=…`; else the reader's own. */
      timeZone?: string
    }
  | { everyMs: number }

interface Bounds {
  min: number
  max: number
  names?: string[]
}

const minutes: Bounds = { min: 0, max: 59 }
const hours: Bounds = { min: 0, max: 23 }
const daysOfMonth: Bounds = { min: 1, max: 31 }
const months: Bounds = { min: 1, max: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') }
const daysOfWeek: Bounds = { min: 0, max: 6, names: 'sun mon tue wed thu fri sat'.split(' ') }

const descriptors: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

/** Throws an Error that says what is wrong. */
export function parseCron(text: string): CronSchedule {
  if (text === '') throw new Error('empty spec string')
  const [zone, timeZone] = /^(?:CRON_)?TZ=([^ ]*) /.exec(text) ?? []
  const spec = zone === undefined ? text : text.slice(zone.length).trim()
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw new Error(`provided bad location ${timeZone}: unknown time zone ${timeZone}`)
  }
  if (spec.startsWith('@every ')) return { everyMs: everyMs(spec) }
  if (spec.startsWith('@') && !Object.hasOwn(descriptors, spec)) throw new Error(`unrecognized descriptor: ${spec}`)
  const fields = (descriptors[spec] ?? spec).split(/\s+/).filter(field => field !== '')
  if (fields.length !== 5) {
    throw new Error(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`)
  }
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fields
  return {
    minute: parseField(minute, minutes),
    hour: parseField(hour, hours),
    dayOfMonth: parseField(dayOfMonth, daysOfMonth),
    month: parseField(month, months),
    dayOfWeek: parseField(dayOfWeek, daysOfWeek),
    ...(timeZone === undefined ? {} : { timeZone }),
  }
}

function everyMs(spec: string): number {
  try {
    const { ms } = parseGoDuration(spec.slice('@every '.length))
    return Math.max(Math.floor(ms / 1000), 1) * 1000
  } catch (cause) {
    throw new Error(`failed to parse duration ${spec}: ${(cause as Error).message}`, { cause })
  }
}

function parseField(text: string, bounds: Bounds): CronField {
  const ranges = text
    .split(',')
    .filter(range => range !== '')
    .map(range => parseRange(range, bounds))
  return { values: new Set(ranges.flatMap(({ values }) => values)), isAny: ranges.some(({ isAny }) => isAny) }
}

/** `*`, `5`, `1-5`, each with a step `/2`. */
function parseRange(text: string, bounds: Bounds): { values: number[]; isAny: boolean } {
  const [range = '', stepText, ...moreSteps] = text.split('/')
  const [low = '', high, ...moreEnds] = range.split('-')
  const isWild = low === '*' || low === '?'
  if (!isWild && moreEnds.length > 0) throw new Error(`too many hyphens: ${text}`)
  const start = isWild ? bounds.min : parseValue(low, bounds)
  let end = isWild ? bounds.max : high === undefined ? start : parseValue(high, bounds)
  if (moreSteps.length > 0) throw new Error(`too many slashes: ${text}`)
  const step = stepText === undefined ? 1 : parseNumber(stepText)
  // `5/15` is `5-59/15`.
  if (stepText !== undefined && high === undefined) end = bounds.max
  check(start, end, step, bounds, text)
  const values = []
  for (let value = start; value <= end; value += step) values.push(value)
  return { values, isAny: isWild && step === 1 }
}

function check(start: number, end: number, step: number, { min, max }: Bounds, text: string): void {
  if (start < min) throw new Error(`beginning of range (${start}) below minimum (${min}): ${text}`)
  if (end > max) throw new Error(`end of range (${end}) above maximum (${max}): ${text}`)
  if (start > end) throw new Error(`beginning of range (${start}) beyond end of range (${end}): ${text}`)
  if (step === 0) throw new Error(`step of range should be a positive number: ${text}`)
}

function parseValue(text: string, { names, min }: Bounds): number {
  const index = names?.indexOf(text.toLowerCase()) ?? -1
  return index < 0 ? parseNumber(text) : index + min
}

function parseNumber(text: string): number {
  if (!/^[+-]?[0-9]+$/.test(text)) {
    throw new Error(`failed to parse int from ${text}: strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`)
  }
  const value = Number(text)
  if (value < 0) throw new Error(`negative number (${value}) not allowed: ${text}`)
  return value
}

/** A name of the IANA time zone database, by its own spelling. */
export function isTimeZone(name: string): boolean {
  if (name === '' || name === 'UTC') return true
  // What the runtime knows beside names: offsets, and names in any case.
  if (!/^[A-Z]/.test(name) || /\/[a-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
