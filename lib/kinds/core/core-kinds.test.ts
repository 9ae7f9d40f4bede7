import { describe, expect, test } from '@jest/globals'
import type { KubeObject } from '../../api/meta.ts'
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
const createdAt = '2026-01-01T00:00:00Z'

type Fields = Record<string, unknown>

function objectOf(def: ResourceDefinition, fields: Fields, metadata: object = {}): KubeObject & Fields {
  const object = {
    apiVersion: 'v1',
    kind: def.kind,
    metadata: { name: 'web', namespace: 'default', creationTimestamp: createdAt, ...metadata },
    ...structuredClone(fields),
  }
  def.defaults?.(object)
  return object
}

const texts = (errors: { field: string; body: string }[] = []) => errors.map(({ field, body }) => `${field}: ${body}`)
const errorsOf = (def: ResourceDefinition, fields: Fields, metadata?: object) =>
  texts(def.strategy?.validate?.(objectOf(def, fields, metadata)))
const updateErrors = (def: ResourceDefinition, next: Fields, old: Fields) =>
  texts(def.strategy?.validateUpdate?.(objectOf(def, next), objectOf(def, old)))
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('validation', () => {
  const tooMuch = 'x'.repeat(1024 * 1024 + 1)
  const data = { data: { a: 'b' } }
  const port = { port: 80 }
  const spec = (fields: object) => ({ spec: { ports: [port], ...fields } })
  const involved = (namespace?: string) => ({
    involvedObject: { kind: 'Pod', name: 'a', ...(namespace ? { namespace } : {}) },
  })

  test.each<[string, ResourceDefinition, Fields, string[]]>([
    ['ConfigMap', configMaps, data, []],
    [
      'ConfigMap key',
      configMaps,
      { data: { 'a/b': '' } },
      [
        "data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ],
    ],
    [
      'ConfigMap key in both',
      configMaps,
      { ...data, binaryData: { a: 'AA==' } },
      ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
    ],
    ['ConfigMap size', configMaps, { data: { a: tooMuch } }, ['[]: Too long: may not be more than 1048576 bytes']],
    ['Secret size', secrets, { stringData: { a: tooMuch } }, ['data: Too long: may not be more than 1048576 bytes']],
    [
      'TLS secret',
      secrets,
      { type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'x' } },
      ['data[tls.key]: Required value'],
    ],
    [
      'pull secret without its key',
      secrets,
      { type: 'kubernetes.io/dockerconfigjson' },
      ['data[.dockerconfigjson]: Required value'],
    ],
    [
      'pull secret that is no JSON',
      secrets,
      { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': 'nonsense' } },
      [
        'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character \'n\' looking for beginning of value',
      ],
    ],
    [
      'pull secret',
      secrets,
      { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{"auths":{}}' } },
      [],
    ],
    [
      'token secret without account',
      secrets,
      { type: 'kubernetes.io/service-account-token' },
      ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
    ],
    ['Service', services, spec({}), []],
    ['Service without ports', services, { spec: {} }, ['spec.ports: Required value']],
    ['headless Service without ports', services, { spec: { clusterIP: 'None', clusterIPs: ['None'] } }, []],
    [
      'Service type',
      services,
      spec({ type: 'Magic' }),
      [
        'spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
    [
      'Service port',
      services,
      { spec: { ports: [{ port: 70000, targetPort: 80 }] } },
      ['spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive'],
    ],
    [
      'Service ports without names',
      services,
      { spec: { ports: [{ name: 'a', port: 80 }, { port: 81 }] } },
      ['spec.ports[1].name: Required value'],
    ],
    [
      'Service ports twice',
      services,
      {
        spec: {
          ports: [
            { name: 'a', port: 80 },
            { name: 'b', port: 80 },
          ],
        },
      },
      ['spec.ports[1]: Duplicate value: {"protocol":"TCP","port":80}'],
    ],
    [
      'node port of a ClusterIP service',
      services,
      { spec: { ports: [{ port: 80, nodePort: 30080 }] } },
      ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ],
    [
      'headless NodePort service',
      services,
      spec({ type: 'NodePort', clusterIP: 'None', clusterIPs: ['None'] }),
      ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services'],
    ],
    ['ExternalName without name', services, { spec: { type: 'ExternalName' } }, ['spec.externalName: Required value']],
    [
      'external address',
      services,
      spec({ externalIPs: ['127.0.0.1'] }),
      ['spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    ],
    [
      'session affinity',
      services,
      spec({ sessionAffinity: 'Cookie' }),
      ['spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"'],
    ],
    ['Event', events, involved('default'), []],
    [
      'Event in another namespace',
      events,
      involved('other'),
      ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
    ],
    ['Event of a cluster-scoped object', events, involved(), []],
    [
      'new-style Event',
      events,
      { ...involved('default'), eventTime: '2026-01-01T00:00:00.000000Z', reason: 'R', action: 'A' },
      ['reportingController: Required value', 'reportingInstance: Required value'],
    ],
    [
      'Lease of no duration',
      leases,
      { spec: { leaseDurationSeconds: 0 } },
      ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0'],
    ],
    [
      'Endpoints of nothing',
      endpoints,
      { subsets: [{}] },
      ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`'],
    ],
    [
      'EndpointSlice of an unknown type',
      endpointSlices,
      { addressType: 'IPv5', endpoints: [] },
      ['addressType: Unsupported value: "IPv5": supported values: "FQDN", "IPv4", "IPv6"'],
    ],
    [
      'EndpointSlice without address',
      endpointSlices,
      { addressType: 'IPv4', endpoints: [{ addresses: [] }] },
      ['endpoints[0].addresses: Required value: must contain at least 1 address'],
    ],
    ['ServiceCIDR of nothing', serviceCidrs, { spec: {} }, ['spec.cidrs: Required value: at least one CIDR required']],
    [
      'ServiceCIDR',
      serviceCidrs,
      { spec: { cidrs: ['10.96.0.0'] } },
      ['spec.cidrs[0]: Invalid value: "10.96.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
    ],
    [
      'PriorityClass above what users may have',
      priorityClasses,
      { value: 1_000_000_001 },
      ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
    ],
    [
      'taints twice',
      nodes,
      {
        spec: {
          taints: [
            { key: 'a', effect: 'NoSchedule' },
            { key: 'a', effect: 'NoSchedule' },
          ],
        },
      },
      [
        'metadata.taints[1]: Duplicate value: {"key":"a","effect":"NoSchedule"}: taints must be unique by key and effect pair',
      ],
    ],
    [
      'pod range of a node',
      nodes,
      { spec: { podCIDR: '10.244.0.0' } },
      [
        'spec.podCIDRs[0]: Invalid value: "10.244.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ],
    ],
  ])('%s', (_, def, fields, expected) => expect(errorsOf(def, fields)).toEqual(expected))

  test('an IPAddress is named by its address', () => {
    const fields = { spec: { parentRef: { resource: 'services', namespace: 'default', name: 'web' } } }
    expect(errorsOf(ipAddresses, fields, { name: '10.96.0.1' })).toEqual([])
    expect(errorsOf(ipAddresses, fields)).toEqual([
      'metadata.name: Invalid value: "web": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ])
  })
})

describe('what an update may not change', () => {
  const fixed = 'Forbidden: field is immutable when `immutable` is set'
  const service = (clusterIP: string, type = 'ClusterIP') => ({
    spec: { type, ports: [{ port: 80 }], clusterIP, clusterIPs: [clusterIP] },
  })
  test.each<[string, ResourceDefinition, Fields, Fields, string[]]>([
    ['data', configMaps, { data: { a: '2' } }, { data: { a: '1' } }, []],
    [
      'data of an immutable ConfigMap',
      configMaps,
      { data: { a: '2' } },
      { data: { a: '1' }, immutable: true },
      [`immutable: ${fixed}`, `data: ${fixed}`],
    ],
    [
      'data of an immutable Secret',
      secrets,
      { stringData: { a: '2' }, immutable: true },
      { stringData: { a: '1' }, immutable: true },
      [`data: ${fixed}`],
    ],
    [
      'the type of a Secret',
      secrets,
      { type: 'example.com/b' },
      { type: 'example.com/a' },
      ['type: Invalid value: "example.com/b": field is immutable'],
    ],
    [
      'the address of a service',
      services,
      service('10.96.0.2'),
      service('10.96.0.1'),
      ['spec.clusterIPs[0]: Invalid value: ["10.96.0.2"]: may not change once set'],
    ],
    [
      'the pod range of a node',
      nodes,
      { spec: { podCIDR: '10.244.1.0/24' } },
      { spec: { podCIDR: '10.244.0.0/24' } },
      ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'],
    ],
    ['the pod range of a node that had none', nodes, { spec: { podCIDR: '10.244.1.0/24' } }, {}, []],
    [
      'the type of an EndpointSlice',
      endpointSlices,
      { addressType: 'IPv6', endpoints: [] },
      { addressType: 'IPv4', endpoints: [] },
      ['addressType: Invalid value: "IPv6": field is immutable'],
    ],
    [
      'the value of a PriorityClass',
      priorityClasses,
      { value: 2 },
      { value: 1 },
      ['value: Invalid value: 2: field is immutable'],
    ],
  ])('%s', (_, def, next, old, expected) => expect(updateErrors(def, next, old)).toEqual(expected))
})

describe('namespaces', () => {
  const { strategy } = namespaces
  const created = () => {
    const namespace = objectOf(namespaces, {}, { name: 'team-a', namespace: undefined })
    strategy?.prepareForCreate?.(namespace)
    return namespace
  }

  test('a new one is active, labelled, and waits for its content when it goes', () => {
    const namespace = created()
    expect(namespace).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'team-a' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    })
    expect(strategy?.blocksDeletion?.(namespace)).toBe(true)
    strategy?.prepareForDelete?.(namespace)
    expect(namespace.status).toEqual({ phase: 'Terminating' })
  })

  test('an update keeps its finalizers; only `finalize` takes them away', () => {
    const emptied = { ...created(), spec: { finalizers: [] } }
    const updated = structuredClone(emptied)
    strategy?.prepareForUpdate?.(updated, created())
    expect(updated.spec).toEqual({ finalizers: ['kubernetes'] })
    const finalized = structuredClone(emptied)
    namespaces.subresources?.finalize?.prepareForUpdate?.(finalized, created())
    expect(finalized.spec).toEqual({ finalizers: [] })
    expect(strategy?.blocksDeletion?.(finalized)).toBe(false)
  })

  test('it is terminating exactly when it is being deleted', () => {
    const errors = namespaces.subresources?.status?.validateUpdate?.(
      { ...created(), status: { phase: 'Terminating' } },
      created(),
    )
    expect(texts(errors)).toEqual([
      'status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty',
    ])
  })
})

describe('secrets', () => {
  test('stringData becomes data', () => {
    expect(objectOf(secrets, { data: { a: base64('1'), b: base64('2') }, stringData: { b: 'three' } })).toMatchObject({
      type: 'Opaque',
      data: { a: base64('1'), b: base64('three') },
    })
    expect(objectOf(secrets, { stringData: { a: 'x' } })).not.toHaveProperty('stringData')
  })
})

describe('services', () => {
  test.each<[string, Fields, object]>([
    [
      'ClusterIP',
      { ports: [{ port: 80 }] },
      {
        type: 'ClusterIP',
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
        ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      },
    ],
    [
      'LoadBalancer',
      { type: 'LoadBalancer', ports: [{ port: 80, targetPort: 'http' }] },
      { externalTrafficPolicy: 'Cluster', allocateLoadBalancerNodePorts: true, ports: [{ targetPort: 'http' }] },
    ],
    ['affinity', { sessionAffinity: 'ClientIP' }, { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } }],
  ])('defaults: %s', (_, spec, expected) => expect(objectOf(services, { spec }).spec).toMatchObject(expected))

  test('an update keeps the addresses and node ports it does not name', () => {
    const old = objectOf(services, {
      spec: {
        type: 'NodePort',
        clusterIP: '10.96.0.9',
        clusterIPs: ['10.96.0.9'],
        ports: [{ port: 80, nodePort: 30080 }],
      },
    })
    const next = objectOf(services, { spec: { type: 'NodePort', ports: [{ port: 80, targetPort: 8080 }] } })
    services.strategy?.prepareForUpdate?.(next, old)
    expect(next.spec).toMatchObject({
      clusterIP: '10.96.0.9',
      clusterIPs: ['10.96.0.9'],
      ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }],
    })
  })
})

test('what a node can give is what it has, until it says otherwise', () => {
  const node = objectOf(nodes, { spec: { podCIDR: '10.244.0.0/24' }, status: { capacity: { cpu: '2' } } })
  expect(node).toMatchObject({
    spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] },
    status: { allocatable: { cpu: '2' } },
  })
})

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
