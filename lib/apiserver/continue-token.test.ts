import { expect, test } from '@jest/globals'
import { decodeContinue, encodeContinue } from './continue-token.ts'

test.each([5n, -1n])('comes back as it went: %p', revision => {
  const token = { revision, start: 'default/web\0' }
  expect(decodeContinue(encodeContinue(token))).toEqual(token)
})

const base64 = (text: string) => Buffer.from(text).toString('base64url')

test.each([
  ['!!', 'illegal base64 data at input byte 0'],
  ['abc=', 'illegal base64 data at input byte 3'],
  [base64('i'), "invalid character 'i' looking for beginning of value"],
  [base64('{"v":"v2"}'), 'server does not recognize this encoded version v2'],
  [
    base64('{"v":"meta.k8s.io/v1","rv":0,"start":"a"}'),
    'incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
  ],
  [base64('{"v":"meta.k8s.io/v1","rv":1,"start":""}'), 'encoded start key empty (version meta.k8s.io/v1)'],
  [base64('{"v":"meta.k8s.io/v1","rv":1,"start":"a/../b"}'), 'a/../b'],
  [base64('{"v":"meta.k8s.io/v1","rv":1,"start":"a//b"}'), 'a//b'],
])('refuses %s', (text, expected) => {
  const message = `invalid continue token: continue key is not valid: ${expected}`
  expect(() => decodeContinue(text)).toThrow(expect.objectContaining({ message }))
})
