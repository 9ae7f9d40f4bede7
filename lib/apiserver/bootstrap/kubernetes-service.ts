// default/kubernetes: how pods find the API server. The Service has the first address of the range; its endpoint is
// where this server can be reached. Pure.

import type { Endpoints } from '../../kinds/core/endpoints.ts'
import type { Service } from '../../kinds/core/service.ts'
import type { EndpointSlice } from '../../kinds/discovery/endpoint-slice.ts'
import type { IPAddress } from '../../kinds/networking/ip-address.ts'
import { ipAddressOf } from '../allocators/ip-address-object.ts'
import { firstAddress } from '../allocators/ip-range.ts'
import type { ServerConfig } from '../context.ts'

type Where = Pick<ServerConfig, 'serviceClusterIpRange' | 'advertiseAddress' | 'securePort'>

const at = { name: 'kubernetes', namespace: 'default' }

export function kubernetesService({ serviceClusterIpRange, securePort }: Where): Service {
  const clusterIP = firstAddress(serviceClusterIpRange)
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...at, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: [familyOf(clusterIP)],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: securePort }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
    status: { loadBalancer: {} },
  }
}

export function kubernetesIpAddress({ serviceClusterIpRange }: Where): IPAddress {
  return ipAddressOf(firstAddress(serviceClusterIpRange), at)
}

export function kubernetesEndpoints({ advertiseAddress, securePort }: Where): Endpoints {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...at, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: advertiseAddress }], ports: [{ name: 'https', port: securePort, protocol: 'TCP' }] }],
  }
}

export function kubernetesEndpointSlice({ advertiseAddress, securePort }: Where): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...at, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: familyOf(advertiseAddress),
    endpoints: [{ addresses: [advertiseAddress], conditions: { ready: true } }],
    ports: [{ name: 'https', port: securePort, protocol: 'TCP' }],
  }
}

function familyOf(address: string): 'IPv4' | 'IPv6' {
  return address.includes(':') ? 'IPv6' : 'IPv4'
}
