// An IPAddress says whose an address is. Its name is the address, so that two cannot have the same.

import type { IPAddress } from '../../kinds/networking/ip-address.ts'

export const managedBy = 'ipallocator.k8s.io'

export function ipAddressOf(address: string, service: { namespace: string; name: string }): IPAddress {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name: address,
      labels: {
        'ipaddress.kubernetes.io/ip-family': address.includes(':') ? 'IPv6' : 'IPv4',
        'ipaddress.kubernetes.io/managed-by': managedBy,
      },
    },
    spec: { parentRef: { group: '', resource: 'services', namespace: service.namespace, name: service.name } },
  }
}
