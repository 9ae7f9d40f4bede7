import { expect, test } from '@jest/globals'
import { duplicate, invalid, notSupported } from './field-errors.ts'

test.each<[value: unknown, shown: string]>([
  ['web', '"web"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['a\0b\n', '"a\\x00b\\n"'],
  ['zero\u200bwidth', '"zero\\u200bwidth"'],
  ['müde 😀', '"müde 😀"'],
  [null, 'null'],
  [3, '3'],
  [{ a: '<b> & "c"' }, '{"a":"\\u003cb\\u003e \\u0026 \\"c\\""}'],
])('%j is shown as Go shows it', (value, shown) => {
  expect(invalid('spec', value, 'no').body).toBe(`Invalid value: ${shown}: no`)
  expect(duplicate('spec', value).body).toBe(`Duplicate value: ${shown}`)
})

test('what would be supported is quoted as what is not', () => {
  expect(notSupported('spec', 'a\0', ['b', 'c\x7f']).body).toBe(
    'Unsupported value: "a\\x00": supported values: "b", "c\\x7f"',
  )
})
