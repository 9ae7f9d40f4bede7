import { expect, test } from '@jest/globals'
import { listOptions } from './list-options.ts'

const refusal = (query: string, isWatch = false) => {
  try {
    listOptions(new URLSearchParams(query), isWatch)
  } catch (error) {
    return (error as Error).message.replace('ListOptions.meta.k8s.io "" is invalid: ', '')
  }
  return undefined
}

test.each([
  ['', false],
  ['resourceVersion=5&resourceVersionMatch=Exact&limit=3', false],
  ['resourceVersion=0&resourceVersionMatch=NotOlderThan', false],
  ['sendInitialEvents=true&resourceVersionMatch=NotOlderThan', true],
])('takes %p', (query, isWatch) => {
  expect(refusal(query, isWatch)).toBeUndefined()
})

test.each([
  [
    'resourceVersionMatch=Exact',
    false,
    'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
  ],
  [
    'resourceVersion=0&resourceVersionMatch=Exact',
    false,
    'resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
  ],
  [
    'resourceVersion=1&resourceVersionMatch=Foo',
    false,
    'resourceVersionMatch: Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""',
  ],
  ['sendInitialEvents=true', false, 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list'],
  [
    'sendInitialEvents=true',
    true,
    'resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
  ],
  [
    'resourceVersionMatch=NotOlderThan',
    true,
    'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
  ],
  ['limit=x', false, 'strconv.ParseInt: parsing "x": invalid syntax'],
])('refuses %p', (query, isWatch, expected) => {
  expect(refusal(query, isWatch)).toBe(expected)
})
