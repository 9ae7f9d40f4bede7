import { describe, expect, test } from '@jest/globals'
import {
  addQuantity,
  canonicalQuantity,
  compareQuantity,
  formatQuantity,
  milliValue,
  parseQuantity,
  quantityValue,
  subQuantity,
} from './quantity.ts'

describe('canonical text', () => {
  test.each([
    ['0', '0'],
    ['00', '0'],
    ['-0', '0'],
    ['.5', '500m'],
    ['0.5', '500m'],
    ['1.5', '1500m'],
    ['1.500', '1.500'],
    ['+1', '+1'],
    ['2000m', '2'],
    ['1000000', '1M'],
    ['100Ki', '100Ki'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['0.1Ki', '102400m'],
    ['1e3', '1e3'],
    ['12.5e2', '1250'],
    ['0.0000000001', '1n'],
    ['-0.0000000001', '-1n'],
    ['1e-20', '1e-9'],
    ['9223372036854775808', '9223372036854775808'],
    ['10Ei', '9223372036854775807'],
    ['1000E', '1e21'],
    ['k', '0'],
  ])('%s is %s', (text, expected) => {
    expect(canonicalQuantity(text)).toBe(expected)
  })

  test('a number is taken as its text', () => {
    expect(canonicalQuantity(0.5)).toBe('500m')
    expect(canonicalQuantity(2)).toBe('2')
  })
})

test.each([
  ['', /^quantities must match the regular expression/],
  ['abc', /^quantities must match the regular expression/],
  ['1 ', /^quantities must match the regular expression/],
  ['1.2.3', /^quantities must match the regular expression/],
  ['1mm', /^unable to parse quantity's suffix$/],
  ['1i', /^unable to parse quantity's suffix$/],
  ['1e', /^unable to parse quantity's suffix$/],
  ['1e1000000000', /^unable to parse quantity's suffix$/],
])('%j is refused', (text, message) => {
  expect(() => parseQuantity(text)).toThrow(message)
})

test('whole and thousandth values are rounded up', () => {
  expect(quantityValue(parseQuantity('1500m'))).toBe(2n)
  expect(quantityValue(parseQuantity('1Gi'))).toBe(1073741824n)
  expect(milliValue(parseQuantity('0.1m'))).toBe(1n)
  expect(milliValue(parseQuantity('2'))).toBe(2000n)
  expect(quantityValue(parseQuantity('1e30'))).toBe(2n ** 63n - 1n)
})

test('sums and differences keep the format of what is added to', () => {
  const sum = (a: string, b: string) => formatQuantity(addQuantity(parseQuantity(a), parseQuantity(b)))
  expect(sum('100m', '900m')).toBe('1')
  expect(sum('1Gi', '1Mi')).toBe('1025Mi')
  expect(sum('0', '2Gi')).toBe('2Gi')
  expect(formatQuantity(subQuantity(parseQuantity('1'), parseQuantity('1500m')))).toBe('-500m')
})

test('quantities compare by value', () => {
  const sorted = ['1Gi', '1', '1G', '1m', '-1', '1000m'].map(t => parseQuantity(t)).sort(compareQuantity)
  expect(sorted.map(formatQuantity)).toEqual(['-1', '1m', '1', '1', '1G', '1Gi'])
  expect(compareQuantity(parseQuantity('1'), parseQuantity('1000m'))).toBe(0)
})
