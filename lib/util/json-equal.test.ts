import { expect, test } from '@jest/globals'
import { jsonEqual } from './json-equal.ts'

const cases: [a: unknown, b: unknown, equal: boolean][] = [
  [1, 1, true],
  [1, '1', false],
  [null, undefined, false],
  [null, {}, false],
  [[], {}, false],
  [[1, [2]], [1, [2]], true],
  [[1, 2], [2, 1], false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, true],
  [{ a: undefined }, { b: undefined }, true],
  [{ a: 1 }, { b: 1 }, false],
  [{ a: 1 }, { a: 1, b: 1 }, false],
  [{ toString: 1 }, {}, false],
  [{ a: undefined, b: 1 }, { a: 1, b: undefined }, false],
  [JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}'), true],
  [JSON.parse('{"__proto__":{"a":1}}'), {}, false],
  [Object.assign(Object.create(null), { a: 1 }), { a: 1 }, true],
  [structuredClone({ a: [{}] }), { a: [{}] }, true],
]

test.each(cases)('%j and %j: %s', (a, b, equal) => {
  expect(jsonEqual(a, b)).toBe(equal)
  expect(jsonEqual(b, a)).toBe(equal)
})
