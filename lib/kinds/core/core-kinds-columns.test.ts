import { describe, expect, test } from '@jest/globals'
import { createdAt, type Fields, objectOf } from '../../../test/harness/kind-objects.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { leases } from '../coordination/lease.ts'
import { endpointSlices } from '../discovery/endpoint-slice.ts'
import { ipAddresses } from '../networking/ip-address.ts'
import { serviceCidrs } from '../networking/service-cidr.ts'
import { priorityClasses } from '../scheduling/priority-class.ts'
import { configMaps } from './config-map.ts'
import { endpoints } from './endpoints.ts'
import { events } from './event.ts'
import { namespaces } from './namespace.ts'
import { nodes } from './node.ts'
import { secrets } from './secret.ts'
import { services } from './service.ts'
import { serviceAccounts } from './service-account.ts'

const now = Date.UTC(2026, 0, 1, 0, 5)

describe('columns', () => {
  const names = (def: ResourceDefinition) =>
    (def.columns ?? []).map(({ name, priority }) => (priority ? `${name}*` : name)).join(' ')
  const cells = (def: ResourceDefinition, fields: Fields, metadata?: object) =>
    (def.columns ?? []).map(column => column.value(objectOf(def, fields, metadata), now))
  const ready = (status: string) => ({ conditions: [{ type: 'Ready', status }] })

  test.each<[ResourceDefinition, string]>([
    [namespaces, 'Name Status Age'],
    [nodes, 'Name Status Roles Age Version Internal-IP* External-IP* OS-Image* Kernel-Version* Container-Runtime*'],
    [services, 'Name Type Cluster-IP External-IP Port(s) Age Selector*'],
    [configMaps, 'Name Data Age'],
    [secrets, 'Name Type Data Age'],
    [serviceAccounts, 'Name Secrets Age'],
    [events, 'Last Seen Type Reason Object Subobject* Source* Message First Seen* Count* Name*'],
    [endpoints, 'Name Endpoints Age'],
    [endpointSlices, 'Name AddressType Ports Endpoints Age'],
    [leases, 'Name Holder Age'],
    [ipAddresses, 'Name ParentRef'],
    [serviceCidrs, 'Name CIDRs Age'],
    [priorityClasses, 'Name Value Global-Default Age PreemptionPolicy'],
  ])('$kind', (def, expected) => expect(names(def)).toBe(expected))

  test.each<[string, Fields, object, unknown[]]>([
    ['ready', { status: ready('True') }, {}, ['Ready', '<none>']],
    ['not ready', { status: ready('Unknown') }, {}, ['NotReady', '<none>']],
    ['unheard of', {}, {}, ['Unknown', '<none>']],
    ['cordoned', { spec: { unschedulable: true }, status: ready('True') }, {}, ['Ready,SchedulingDisabled', '<none>']],
    [
      'with roles',
      { status: ready('True') },
      { labels: { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/control-plane': '' } },
      ['Ready', 'control-plane,worker'],
    ],
  ])('a node: %s', (_, fields, metadata, expected) =>
    expect(cells(nodes, fields, metadata).slice(1, 3)).toEqual(expected),
  )

  test.each<[string, Fields, Fields, unknown[]]>([
    [
      'ClusterIP',
      { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], ports: [{ port: 80 }], selector: { b: '2', a: '1' } },
      {},
      ['ClusterIP', '10.96.0.9', '<none>', '80/TCP', '5m', 'a=1,b=2'],
    ],
    [
      'NodePort',
      {
        type: 'NodePort',
        clusterIPs: ['10.96.0.9'],
        ports: [
          { port: 80, nodePort: 30080 },
          { port: 53, protocol: 'UDP' },
        ],
      },
      {},
      ['NodePort', '10.96.0.9', '<none>', '80:30080/TCP,53/UDP', '5m', '<none>'],
    ],
    [
      'LoadBalancer',
      { type: 'LoadBalancer', ports: [] },
      { status: { loadBalancer: {} } },
      ['LoadBalancer', '<none>', '<pending>', '<none>', '5m', '<none>'],
    ],
    [
      'ExternalName',
      { type: 'ExternalName', externalName: 'example.com' },
      {},
      ['ExternalName', '<none>', 'example.com', '<none>', '5m', '<none>'],
    ],
  ])('a service: %s', (_, spec, rest, expected) =>
    expect(cells(services, { spec, ...rest }).slice(1)).toEqual(expected),
  )

  test('an event', () => {
    const event = {
      involvedObject: { kind: 'Pod', name: 'web-1', namespace: 'default', fieldPath: 'spec.containers{web}' },
      type: 'Warning',
      reason: 'BackOff',
      message: 'Back-off restarting failed container\n',
      source: { component: 'kubelet', host: 'n' },
      firstTimestamp: createdAt,
      lastTimestamp: '2026-01-01T00:04:50Z',
      count: 3,
    }
    expect(cells(events, event)).toEqual([
      '10s',
      'Warning',
      'BackOff',
      'pod/web-1',
      'spec.containers{web}',
      'kubelet, n',
      'Back-off restarting failed container',
      '5m',
      '3',
      'web',
    ])
  })

  test('endpoints, at most three', () => {
    const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map(ip => ({ ip }))
    expect(cells(endpoints, { subsets: [{ addresses, ports: [{ port: 80 }] }] })[1]).toBe(
      '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...',
    )
    expect(cells(endpoints, {})[1]).toBe('<none>')
  })

  test('an address belongs to a service', () => {
    const spec = { parentRef: { resource: 'services', namespace: 'default', name: 'web' } }
    expect(cells(ipAddresses, { spec }, { name: '10.96.0.1' })).toEqual(['10.96.0.1', 'services/default/web'])
  })
})
