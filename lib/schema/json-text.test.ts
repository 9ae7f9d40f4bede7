import { expect, test } from '@jest/globals'
import { isInexact, parseJson, strictProblems, strictProblemsOfCustom } from './json-text.ts'

test.each([
  ['{"a":1,"b":{"a":2}}', []],
  ['{"a":1,"a":2}', ['a']],
  ['{"a":1,"\\u0061":2,"a":3}', ['a']],
  ['{"spec":{"x":[{"n":"{\\"n\\":1}","n":2},{"n":3}]}}', ['spec.x[0].n']],
  ['[{"a":[[1,{"b":1,"b" : 2}]]}]', ['[0].a[0][1].b']],
  ['{"a":"x:y","b":"\\\\","c":"\\":"}', []],
  ['{"__proto__":1,"__proto__":2}', ['__proto__']],
])('%s gives twice: %j', (text, expected) => {
  expect(parseJson(text).duplicates).toEqual(expected)
})

test('the value is what JSON.parse says', () => {
  expect(parseJson('{"a":1,"a":{"b":[true,null]}}').value).toEqual({ a: { b: [true, null] } })
  expect(() => parseJson('{')).toThrow(SyntaxError)
})

test('what is too deep is refused', () => {
  expect(() => parseJson('['.repeat(1001) + ']'.repeat(1001))).toThrow('exceeded max depth')
  expect(parseJson('['.repeat(1000) + ']'.repeat(1000)).duplicates).toEqual([])
})

test('problems read as upstream writes them', () => {
  expect(strictProblems(['spec.foo'], ['spec.foo', 'spec.foo.x', 'spec.replicas'])).toEqual([
    'unknown field "spec.foo"',
    'duplicate field "spec.replicas"',
  ])
})

test('problems come in the order of the text', () => {
  const text = '{"x":1,"a":{"b":1,"b":2},"y":2,"y":3,"c":1,"c":2}'
  const { duplicates, places } = parseJson(text)
  expect(strictProblems(['x', 'y'], duplicates, places)).toEqual([
    'unknown field "x"',
    'duplicate field "a.b"',
    'unknown field "y"',
    'duplicate field "c"',
  ])
})

test('not more than a hundred problems are told', () => {
  expect(
    strictProblems(
      Array.from({ length: 150 }, (_, i) => `f${i}`),
      [],
    ),
  ).toHaveLength(100)
})

test.each([
  ['{"a":1e3}', { a: '1e3' }],
  ['{"a":[1.0,{"b":-2.50E+1}]}', { 'a[0]': '1.0', 'a[1].b': '-2.50E+1' }],
  ['{"a":9007199254740993,"b":"9007199254740993","c":12}', { a: '9007199254740993' }],
  ['{"a":0.5,"b":1234567890123456,"true":true,"e":"1.0"}', {}],
  ['{"a":1.0,"a":2}', {}],
])('the numbers of %s that say more than their values: %j', (text, expected) => {
  expect(Object.fromEntries(parseJson(text, { keepsNumbers: true }).numbers ?? [])).toEqual(expected)
})

test.each([
  ['9007199254740993', true],
  ['-9223372036854775808', true],
  ['9223372036854775807', true],
  ['9223372036854775808', false],
  ['100000000000000000000', false],
  ['1152921504606846976', true],
  ['9007199254740992', false],
  ['1e400', true],
  ['-1e400', true],
  ['1e3', false],
  ['-0', false],
  ['0.30000000000000000001', false],
])('%s would change: %s', (literal, expected) => {
  expect(isInexact(literal)).toBe(expected)
  const parse = () => parseJson(`{"a":${literal}}`)
  if (expected) expect(parse).toThrow(`number ${literal} in field "a" cannot be kept exactly`)
  else expect(parse().value).toEqual({ a: Number(literal) })
})

test('problems of a custom object: duplicates as they come, then what is unknown in its order', () => {
  expect(strictProblemsOfCustom(['spec.foo', 'spec.bar'], ['spec.foo', 'spec.a'])).toEqual([
    'duplicate field "spec.foo"',
    'duplicate field "spec.a"',
    'unknown field "spec.bar"',
    'unknown field "spec.foo"',
  ])
})
