// Go's notation for durations: 1h15m30.918s. Pure.

import { goQuote } from './go-quote.ts'

const unitMs = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

const part = /(?:(\d+)(?:\.(\d*))?|\.(\d+))([^\d.]*)/y

/** Throws an Error in Go's words. */
export function parseGoDuration(text: string): { ms: number } {
  const invalid = new Error(`time: invalid duration ${goQuote(text)}`)
  const [, sign = '', rest = ''] = /^([+-]?)([\s\S]*)$/.exec(text) ?? []
  if (rest === '0') return { ms: 0 }
  if (rest === '') throw invalid
  let ms = 0
  part.lastIndex = 0
  for (let end = 0; end < rest.length; end = part.lastIndex) {
    const found = part.exec(rest)
    if (!found) throw invalid
    const [, whole = '0', fraction, onlyFraction, unit = ''] = found
    if (unit === '') throw new Error(`time: missing unit in duration ${goQuote(text)}`)
    const each = unitMs.get(unit)
    if (each === undefined) {
      throw new Error(`time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`)
    }
    ms += Number(`${whole}.${fraction || onlyFraction || 0}`) * each
  }
  return { ms: sign === '-' ? -ms : ms }
}
