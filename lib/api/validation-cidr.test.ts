import { expect, test } from '@jest/globals'
import { cidr } from './validation-rules.ts'

const notOne = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'
const zeros = 'must not have leading 0s in IP or prefix length'
const rest = 'must not have bits set beyond the prefix length'

test.each<[string, string | undefined]>([
  ['10.0.0.0/8', undefined],
  ['0.0.0.0/0', undefined],
  ['::/0', undefined],
  ['2001:db8::/32', undefined],
  ['2001:0db8::/32', undefined],
  ['10.0.0.0', notOne],
  ['10.0.0.0/33', notOne],
  ['10.0.0.0/8/8', notOne],
  ['a/8', notOne],
  ['10.0.0.010/32', zeros],
  ['10.0.0.0/08', zeros],
  ['::ffff:1.2.3.0/120', 'must not have an IPv4-mapped IPv6 address'],
  ['10.0.0.1/8', rest],
  ['2001:db8::1/32', rest],
])('%s', (value, expected) => {
  const wrong = expected === undefined ? [] : [`spec.cidr: Invalid value: "${value}": ${expected}`]
  expect(cidr('spec.cidr', value).map(({ field, body }) => `${field}: ${body}`)).toEqual(wrong)
})
