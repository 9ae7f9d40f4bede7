// The indexes of an Indexed job as text: `1,3-5,7`, increasing. Texts of errors are upstream's.

import { goQuote } from '../../util/go-quote.ts'

interface Interval {
  first: number
  last: number
}

/** How many indexes there are, all below `completions`. Throws an Error that says what is wrong. */
export function countIndexes(text: string, completions: number): number {
  return readIndexes(text, completions).reduce((total, { first, last }) => total + last - first + 1, 0)
}

/** The first index that both have. */
export function commonIndex(left: string, right: string, completions: number): number | undefined {
  const others = readIndexes(right, completions)
  for (const { first, last } of readIndexes(left, completions)) {
    const common = others.find(other => other.first <= last && first <= other.last)
    if (common) return Math.max(common.first, first)
  }
  return undefined
}

function readIndexes(text: string, completions: number): Interval[] {
  if (text === '') return []
  const intervals = text.split(',').map(part => readInterval(part, completions))
  intervals.forEach(({ first }, i) => {
    const before = intervals[i - 1]
    if (before && before.last >= first) throw notIncreasing(before.last, first)
  })
  return intervals
}

function readInterval(text: string, completions: number): Interval {
  const [firstText = '', lastText, ...more] = text.split('-')
  if (more.length > 0) {
    const rule = "violates the requirement that an index interval can have at most two parts separated by '-'"
    throw new Error(`the fragment ${goQuote(text)} ${rule}`)
  }
  const first = readIndex(firstText, completions)
  if (lastText === undefined) return { first, last: first }
  const last = readIndex(lastText, completions)
  if (first >= last) throw notIncreasing(first, last)
  return { first, last }
}

function readIndex(text: string, completions: number): number {
  if (!/^[+-]?[0-9]+$/.test(text)) {
    throw new Error(`cannot convert string to integer for index: ${goQuote(text)}`)
  }
  if (Number(text) >= completions) throw new Error(`too large index: ${goQuote(text)}`)
  return Number(text)
}

function notIncreasing(previous: number, current: number): Error {
  return new Error(`non-increasing order, previous: ${previous}, current: ${current}`)
}
