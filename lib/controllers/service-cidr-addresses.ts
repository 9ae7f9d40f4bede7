// Which addresses of Services would be in no range, if one range went. Pure.

import { isIPv4 } from 'node:net'
import type { IPAddress } from '../kinds/networking/ip-address.ts'
import type { ServiceCIDR } from '../kinds/networking/service-cidr.ts'
import { networkOf } from '../util/ip-number.ts'

const managedByLabel = 'ipaddress.kubernetes.io/managed-by'
const managedBy = 'ipallocator.k8s.io'

export function addressesOnlyIn(cidr: ServiceCIDR, others: ServiceCIDR[], addresses: IPAddress[]): string[] {
  const isCovered = (address: string) => others.some(other => isIn(other, address))
  return addresses
    .filter(({ metadata }) => metadata.labels?.[managedByLabel] === managedBy)
    .map(({ metadata }) => metadata.name ?? '')
    .filter(address => isIn(cidr, address) && !isCovered(address))
}

function isIn({ spec }: ServiceCIDR, address: string): boolean {
  return (spec?.cidrs ?? []).some(cidr => {
    const [network = '', bits] = cidr.split('/')
    if (isIPv4(network) !== isIPv4(address)) return false
    return networkOf(address, Number(bits)) === networkOf(network, Number(bits))
  })
}
