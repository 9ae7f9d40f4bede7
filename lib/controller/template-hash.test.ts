import { describe, expect, test } from '@jest/globals'
import { semanticallyEqual, templateHash } from './template-hash.ts'

describe('hash', () => {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }

  test('is of the alphabet without vowels, and stable', () => {
    expect(templateHash(template)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/)
    expect(templateHash(structuredClone(template))).toBe(templateHash(template))
  })

  test('does not depend on the order of members', () => {
    const other = { spec: { containers: [{ image: 'i', name: 'c' }] }, metadata: { labels: { app: 'web' } } }
    expect(templateHash(other)).toBe(templateHash(template))
  })

  test('differs by content and by collisions', () => {
    const hashes = [
      templateHash(template),
      templateHash({ ...template, spec: { containers: [{ name: 'c', image: 'j' }] } }),
      templateHash(template, 1),
      templateHash(template, 2),
    ]
    expect(new Set(hashes).size).toBe(4)
  })
})

test.each([
  ['absent and null', {}, { a: null }, true],
  ['absent and an empty list', {}, { a: [] }, true],
  ['order of members', { a: 1, b: 2 }, { b: 2, a: 1 }, true],
  ['order of a list', { a: [1, 2] }, { a: [2, 1] }, false],
  ['an empty object says something', {}, { emptyDir: {} }, false],
  ['values', { a: 1 }, { a: 2 }, false],
])('equality: %s', (_, a, b, equal) => {
  expect(semanticallyEqual(a, b)).toBe(equal)
})
