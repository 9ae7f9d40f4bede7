import { expect, test } from '@jest/globals'
import { parseGoDuration } from './go-duration.ts'

test.each([
  ['0', 0],
  ['-0', 0],
  ['5s', 5000],
  ['+5s', 5000],
  ['-5s', -5000],
  ['1h15m30.5s', 4_530_500],
  ['.5s', 500],
  ['1.s', 1000],
  ['100ms', 100],
  ['2us', 0.002],
  ['2µs', 0.002],
])('%s is %d ms', (text, ms) => {
  expect(parseGoDuration(text).ms).toBe(ms)
})

test.each([
  ['', 'time: invalid duration ""'],
  ['-', 'time: invalid duration "-"'],
  ['abc', 'time: invalid duration "abc"'],
  ['.s', 'time: invalid duration ".s"'],
  ['5', 'time: missing unit in duration "5"'],
  ['1s5', 'time: missing unit in duration "1s5"'],
  ['5x', 'time: unknown unit "x" in duration "5x"'],
  ['5 s', 'time: unknown unit " s" in duration "5 s"'],
])('%j: %s', (text, message) => {
  expect(() => parseGoDuration(text)).toThrow(message)
})
