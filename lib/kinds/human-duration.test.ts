import { expect, test } from '@jest/globals'
import { ageSince, humanDuration } from './human-duration.ts'

const s = 1000
const m = 60 * s
const h = 60 * m
const d = 24 * h

test.each([
  [-2 * s, '<invalid>'],
  [-1 * s, '0s'],
  [0, '0s'],
  [s, '1s'],
  [70 * s, '70s'],
  [119 * s, '119s'],
  [2 * m, '2m'],
  [3 * m + 20 * s, '3m20s'],
  [10 * m + 5 * s, '10m'],
  [179 * m, '179m'],
  [3 * h, '3h'],
  [7 * h + 59 * m, '7h59m'],
  [8 * h, '8h'],
  [47 * h, '47h'],
  [2 * d, '2d'],
  [2 * d + 4 * h, '2d4h'],
  [8 * d, '8d'],
  [729 * d, '729d'],
  [730 * d, '2y'],
  [800 * d, '2y70d'],
  [9 * 365 * d, '9y'],
])('%d ms is %s', (ms, text) => expect(humanDuration(ms)).toBe(text))

test('an age is counted from a timestamp', () => {
  expect(ageSince('2026-01-01T00:00:00Z', Date.UTC(2026, 0, 1, 0, 5))).toBe('5m')
  expect(ageSince(undefined, 0)).toBe('<unknown>')
})
