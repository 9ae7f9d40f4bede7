import { expect, test } from '@jest/globals'
import { goJsonError } from './go-json.ts'

test.each([
  ['', 'unexpected end of JSON input'],
  ['{"a":1', 'unexpected end of JSON input'],
  ['{"a":"b', 'unexpected end of JSON input'],
  ['[1,', 'unexpected end of JSON input'],
  ['abc', "invalid character 'a' looking for beginning of value"],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
  ['[1 2]', "invalid character '2' after array element"],
  ['{} x', "invalid character 'x' after top-level value"],
  ['{"a":tru3}', "invalid character '3' in literal true (expecting 'e')"],
  ['{"a":nil}', "invalid character 'i' in literal null (expecting 'u')"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
  ['-x', "invalid character 'x' in numeric literal"],
  ['01', "invalid character '1' after top-level value"],
  ['1.x', "invalid character 'x' after decimal point in numeric literal"],
  ['1ex', "invalid character 'x' in exponent of numeric literal"],
  ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
])('%j', (text, expected) => {
  expect(() => JSON.parse(text)).toThrow()
  expect(goJsonError(text)).toBe(expected)
})

test('what nests too deep for us is too deep', () => {
  expect(goJsonError('['.repeat(1_000_000))).toBe('exceeded max depth')
})
