import { expect, test } from '@jest/globals'
import type { ServiceSpec } from './service-needs.ts'
import { dropTypeDependent } from './service-type-change.ts'

const ports = [{ port: 80, nodePort: 30001 }]
const nodePort: ServiceSpec = {
  type: 'NodePort',
  clusterIP: '10.0.0.1',
  clusterIPs: ['10.0.0.1'],
  externalTrafficPolicy: 'Cluster',
  ports,
}

test.each<[string, ServiceSpec, ServiceSpec]>([
  [
    'to ClusterIP',
    { ...nodePort, type: 'ClusterIP' },
    { type: 'ClusterIP', clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'], ports: [{ port: 80 }] },
  ],
  [
    'to ExternalName',
    { ...nodePort, type: 'ExternalName', externalName: 'a.b' },
    { type: 'ExternalName', externalName: 'a.b', ports: [{ port: 80 }] },
  ],
  ['to LoadBalancer', { ...nodePort, type: 'LoadBalancer' }, { ...nodePort, type: 'LoadBalancer' }],
  [
    'what is said anew stays, to be refused',
    { ...nodePort, type: 'ClusterIP', externalTrafficPolicy: 'Local', ports: [{ port: 80, nodePort: 30002 }] },
    { ...nodePort, type: 'ClusterIP', externalTrafficPolicy: 'Local', ports: [{ port: 80, nodePort: 30002 }] },
  ],
  ['the same type', nodePort, nodePort],
])('%s', (_, wanted, expected) => {
  const spec: ServiceSpec = JSON.parse(JSON.stringify(wanted))
  dropTypeDependent(spec, nodePort)
  expect(spec).toEqual(expected)
})
