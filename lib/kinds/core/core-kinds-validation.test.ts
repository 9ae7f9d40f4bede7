import { describe, expect, test } from '@jest/globals'
import { type Fields, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { leases } from '../coordination/lease.ts'
import { endpointSlices } from '../discovery/endpoint-slice.ts'
import { ipAddresses } from '../networking/ip-address.ts'
import { serviceCidrs } from '../networking/service-cidr.ts'
import { priorityClasses } from '../scheduling/priority-class.ts'
import { configMaps } from './config-map.ts'
import { endpoints } from './endpoints.ts'
import { events } from './event.ts'
import { nodes } from './node.ts'
import { secrets } from './secret.ts'
import { services } from './service.ts'

const errorsOf = (def: ResourceDefinition, fields: Fields, metadata?: object) =>
  texts(def.strategy?.validate?.(objectOf(def, fields, metadata)))
const updateErrors = (def: ResourceDefinition, next: Fields, old: Fields) =>
  texts(def.strategy?.validateUpdate?.(objectOf(def, next), objectOf(def, old)))

describe('validation', () => {
  const tooMuch = 'x'.repeat(1024 * 1024 + 1)
  const data = { data: { a: 'b' } }
  const qualified =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
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
      [
        'reportingComponent: Required value',
        'reportingComponent: Invalid value: "": name part must be non-empty',
        `reportingComponent: Invalid value: "": ${qualified}`,
        'reportingInstance: Required value',
      ],
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
      ['value: Forbidden: may not be changed in an update.'],
    ],
  ])('%s', (_, def, next, old, expected) => expect(updateErrors(def, next, old)).toEqual(expected))
})
