import { expect, test } from '@jest/globals'
import type { IPAddress } from '../kinds/networking/ip-address.ts'
import type { ServiceCIDR } from '../kinds/networking/service-cidr.ts'
import { addressesOnlyIn } from './service-cidr-addresses.ts'

const range = (...cidrs: string[]) => ({ metadata: {}, spec: { cidrs } }) as unknown as ServiceCIDR
const address = (name: string, by = 'ipallocator.k8s.io') =>
  ({ metadata: { name, labels: { 'ipaddress.kubernetes.io/managed-by': by } } }) as unknown as IPAddress

test.each<[string, ServiceCIDR[], string[], string[]]>([
  ['none is left', [], ['10.97.0.1', 'fd01::1'], []],
  ['one is left', [], ['10.96.0.5', '10.97.0.1'], ['10.96.0.5']],
  ['of either family', [], ['fd00::5'], ['fd00::5']],
  ['a larger range covers it', [range('10.0.0.0/8')], ['10.96.0.5'], []],
  ['a smaller range covers some', [range('10.96.0.0/29')], ['10.96.0.5', '10.96.0.9'], ['10.96.0.9']],
])('%s', (_, others, names, left) => {
  expect(
    addressesOnlyIn(
      range('10.96.0.0/24', 'fd00::/120'),
      others,
      names.map(name => address(name)),
    ),
  ).toEqual(left)
})

test('an address that somebody else keeps does not count', () => {
  expect(addressesOnlyIn(range('10.96.0.0/24'), [], [address('10.96.0.5', 'me')])).toEqual([])
})
