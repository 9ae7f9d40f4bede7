import { expect, test } from '@jest/globals'
import { lifetimeOf } from './token-request.ts'

const own = ['https://issuer']
const at = { nowSeconds: 1000, isForPod: true, ownAudiences: own }

test.each([
  ['as asked', { expirationSeconds: 600, audiences: own }, at, { saidSeconds: 600, expires: 1600 }],
  [
    'an hour and seven seconds for a pod: longer than said',
    { expirationSeconds: 3607, audiences: own },
    at,
    { saidSeconds: 3607, expires: 1000 + 365 * 86400, warnAfter: 4607 },
  ],
  [
    'not for another audience',
    { expirationSeconds: 3607, audiences: ['vault'] },
    at,
    { saidSeconds: 3607, expires: 4607 },
  ],
  [
    'not without a pod',
    { expirationSeconds: 3607, audiences: own },
    { ...at, isForPod: false },
    { saidSeconds: 3607, expires: 4607 },
  ],
  [
    'not longer than allowed',
    { expirationSeconds: 9000, audiences: own },
    { ...at, maxSeconds: 7200 },
    { saidSeconds: 7200, expires: 8200 },
  ],
])('%s', (_, spec, given, expected) => {
  expect(lifetimeOf(spec, given)).toEqual(expected)
})
