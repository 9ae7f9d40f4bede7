import { expect, test } from '@jest/globals'
import { parseJson, strictProblems } from './json-text.ts'

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
