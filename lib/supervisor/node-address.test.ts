import { expect, test } from '@jest/globals'
import { saysAbsent } from './node-address.ts'

test.each([
  ['RTNETLINK answers: Cannot assign requested address\n', true],
  ['Error: ipv4: Address not found.\n', true],
  ['RTNETLINK answers: Operation not permitted\n', false],
])('an address that is gone was removed: %j', (stderr, expected) => {
  expect(saysAbsent(stderr)).toBe(expected)
})
