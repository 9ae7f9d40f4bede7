import { expect, test } from '@jest/globals'
import { strictWarnings } from './strict-warnings.ts'

test('a warning for each line, and no more than anybody is told', () => {
  const lines = (count: number) => `yaml: unmarshal errors:\n${'  line 1: key "a" already set in map\n'.repeat(count)}`
  expect(strictWarnings('unknown field "a"')).toEqual(['unknown field "a"'])
  expect(strictWarnings(lines(1))[0]).toBe('line 1: key "a" already set in map')
  expect(strictWarnings(lines(200_000))).toHaveLength(1000)
})
