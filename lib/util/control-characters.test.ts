import { expect, test } from '@jest/globals'
import { hasControlCharacters } from './control-characters.ts'

test.each([
  ['', false],
  ['a b~é', false],
  ['a\tb', true],
  ['a\x1f', true],
  ['\x7f', true],
  ['\u0080', false],
])('%j: %s', (text, expected) => {
  expect(hasControlCharacters(text)).toBe(expected)
})
