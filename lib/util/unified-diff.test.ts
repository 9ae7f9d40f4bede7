import { expect, test } from '@jest/globals'
import { jsonDiff, unifiedDiff } from './unified-diff.ts'

const lines = (...texts: string[]) => texts.join('\n')
const letters = (text: string) => lines(...text)

test('what is the same has no diff', () => {
  expect(jsonDiff({ a: 1 }, { a: 1 })).toBe('')
})

test('a change stands with three lines around it', () => {
  const [before, after] = [letters('abcdefghi'), letters('abcdEfghi')]
  expect(unifiedDiff(before, after)).toBe(
    `${lines('@@ -2,7 +2,7 @@', ' b', ' c', ' d', '-e', '+E', ' f', ' g', ' h')}\n`,
  )
})

test('near changes stand together, others apart', () => {
  expect(unifiedDiff(letters('abcdefg'), letters('AbcdefG')).match(/@@/g)).toHaveLength(2)
  expect(unifiedDiff(letters('abcdefghijk'), letters('AbcdefghijK')).match(/@@/g)).toHaveLength(4)
})

test('what was added, what was taken away', () => {
  expect(unifiedDiff('a', lines('a', 'b'))).toBe(`${lines('@@ -1 +1,2 @@', ' a', '+b')}\n`)
  expect(unifiedDiff(lines('a', 'b'), 'b')).toBe(`${lines('@@ -1,2 +1 @@', '-a', ' b')}\n`)
})

test('values are printed as JSON, a space a level', () => {
  expect(jsonDiff({ a: { b: 1 } }, { a: { b: 2 } })).toBe(
    `${lines('@@ -1,5 +1,5 @@', ' {', '  "a": {', '-  "b": 1', '+  "b": 2', '  }', ' }')}\n`,
  )
})
