import { expect, test } from '@jest/globals'
import { decodeContinue, encodeContinue } from './continue-token.ts'

test.each([5n, -1n])('comes back as it went: %p', revision => {
  const token = { revision, start: 'default/web\0' }
  expect(decodeContinue(encodeContinue(token))).toEqual(token)
})

const base64 = (text: string) => Buffer.from(text).toString('base64url')

test.each([
  ['!!', /^continue key is not valid: /],
  [base64('i'), "continue key is not valid: invalid character 'i' looking for beginning of value"],
  [base64('{"v":"v2"}'), 'continue key is not valid: server does not recognize this encoded version "v2"'],
  [
    base64('{"v":"meta.k8s.io/v1","rv":0,"start":"a"}'),
    'continue key is not valid: incorrect encoded start resourceVersion',
  ],
  [base64('{"v":"meta.k8s.io/v1","rv":1,"start":""}'), 'continue key is not valid: encoded start key empty'],
  [base64('{"v":"meta.k8s.io/v1","rv":1,"start":"a/../b"}'), 'continue key is not valid: a/../b'],
])('refuses %s', (text, expected) => {
  expect(() => decodeContinue(text)).toThrow(expected)
})
