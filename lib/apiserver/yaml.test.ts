import { expect, test } from '@jest/globals'
import { readYaml, stringifyYaml } from './yaml.ts'

test.each([
  ['a: 0644', { a: 420 }],
  ['a: 0x1F', { a: 31 }],
  ['a: 1_000', { a: 1000 }],
  ['a: yes\nb: off\nc: "yes"', { a: true, b: false, c: 'yes' }],
  ['a: ~\nb:', { a: null, b: null }],
  ['a: 2001-12-14\nb: 2001-12-14t21:59:43.10-05:00', { a: '2001-12-14', b: '2001-12-14t21:59:43.10-05:00' }],
  ['a: 1:30\nb: 22:22:22', { a: '1:30', b: '22:22:22' }],
  ['a: &x {b: 1}\nc: *x', { a: { b: 1 }, c: { b: 1 } }],
  ['x: &x {a: 1, b: 2}\nz: {<<: *x, b: 3}', { x: { a: 1, b: 2 }, z: { a: 1, b: 3 } }],
  ['1: a\ntrue: b', { 1: 'a', true: 'b' }],
  ['a: 1\n---\nb: 2', { a: 1 }],
  ['{"a": [1, "b"]}', { a: [1, 'b'] }],
  ['', null],
  ['# nothing', null],
  ['a: 1e3', { a: 1000 }],
  ['a: |\n  two\n  lines\n', { a: 'two\nlines\n' }],
])('%j', (text, expected) => {
  expect(readYaml(text)).toEqual({ value: expected })
})

test('a key called __proto__ is data', () => {
  const { value } = readYaml('data: {__proto__: a, constructor: b}')
  expect(JSON.stringify(value)).toBe('{"data":{"__proto__":"a","constructor":"b"}}')
})

const lol = 'abcdefghij'.split('').map((name, i, all) => {
  const before = all[i - 1]
  return `${name}: &${name} [${Array(9)
    .fill(before ? `*${before}` : 'lol')
    .join(',')}]`
})

test.each([
  ['a: b: c', 'yaml: line 1: mapping values are not allowed in this context'],
  ['a:\n\tb: c', 'yaml: line 2: found character that cannot start any token'],
  ['a: *nothing', "yaml: unknown anchor 'nothing' referenced"],
  [lol.join('\n'), 'yaml: document contains excessive aliasing'],
  ['['.repeat(50_000), 'yaml: exceeded max depth'],
  ['a: .inf', 'json: unsupported value: +Inf'],
  ['a: [.nan]', 'json: unsupported value: NaN'],
  ['a: 9007199254740993', 'number 9007199254740993 cannot be kept exactly: integers beyond 2^53 are not supported'],
])('%.40j cannot be read', (text, message) => {
  expect(() => readYaml(text)).toThrow(message)
})

test('keys that are given twice, each with its line', () => {
  const text = 'a: 1\nb:\n  c: 1\n  c: 2\na: 2\nb:\n  d: 1\n'
  expect(readYaml(text)).toEqual({
    value: { a: 2, b: { d: 1 } },
    strictError:
      'yaml: unmarshal errors:\n  line 4: key "c" already set in map\n  line 5: key "a" already set in map\n  line 7: key "b" already set in map',
  })
})

test('many keys take no longer than their number', () => {
  const text = Array.from({ length: 20_000 }, (_, i) => `k${i}: v`).join('\n')
  expect(Object.keys(readYaml(text).value as object)).toHaveLength(20_000)
})

test('what is written reads the same again', () => {
  const value = { a: 'yes', b: '0644', c: '2001-12-14', d: '1:30', e: 'null', f: ['- x', '#y'], g: 'a: b\n', h: '' }
  expect(readYaml(stringifyYaml(value)).value).toEqual(value)
})

test.each([
  ['data: &a {x: *a}', "yaml: anchor 'a' value contains itself"],
  ['a: &a [1, {b: [*a]}]', "yaml: anchor 'a' value contains itself"],
  ['a: &a {<<: *a}', "yaml: anchor 'a' value contains itself"],
])('%s', (text, message) => {
  expect(() => readYaml(text)).toThrow(message)
})

test('an anchor may be given anew, and used beside itself', () => {
  expect(readYaml('a: &a {b: &a 1, c: *a}\nd: *a').value).toEqual({ a: { b: 1, c: 1 }, d: 1 })
})
