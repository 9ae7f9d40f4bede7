import { describe, expect, test } from '@jest/globals'
import { type Fields, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import { endpoints } from './endpoints.ts'
import { type Service, services } from './service.ts'

const service = (spec: object, metadata: object = {}) =>
  objectOf(services, { spec: { ports: [{ port: 80 }], ...spec } }, metadata) as unknown as Service
const only = "may only be used when `type` is 'LoadBalancer'"
const address = (clusterIP: string, ...more: string[]) => ({ clusterIP, clusterIPs: [clusterIP, ...more] })

describe('what must hold for a service', () => {
  test.each<[string, object, string[]]>([
    [
      'alias with addresses',
      {
        type: 'ExternalName',
        externalName: 'a.',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        clusterIPs: ['1.2.3.4'],
      },
      [
        'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
        'spec.ipFamilies: Forbidden: may not be set for ExternalName services',
        'spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services',
      ],
    ],
    [
      'the kubelet’s port',
      { type: 'LoadBalancer', ports: [{ port: 10250 }] },
      ['spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet'],
    ],
    [
      'address in one member',
      { clusterIPs: ['1.2.3.4'] },
      ['spec.clusterIPs: Invalid value: ["1.2.3.4"]: must be empty when `clusterIP` is not specified'],
    ],
    [
      'two different addresses',
      { clusterIP: '1.2.3.4', clusterIPs: ['1.2.3.5'] },
      ['spec.clusterIPs: Invalid value: ["1.2.3.5"]: first value must match `clusterIP`'],
    ],
    [
      'none and some',
      address('None', '1.2.3.4'),
      ['spec.clusterIPs: Invalid value: ["None","1.2.3.4"]: \'None\' must be the first and only value'],
    ],
    [
      'two of one family',
      address('1.2.3.4', '1.2.3.5'),
      ['spec.clusterIPs: Invalid value: ["1.2.3.4","1.2.3.5"]: may specify no more than one IP for each IP family'],
    ],
    ['leading zeros', address('1.2.3.04'), ['spec.clusterIPs[0]: Invalid value: "1.2.3.04": must not have leading 0s']],
    [
      'another family',
      { ...address('1.2.3.4'), ipFamilies: ['IPv6'] },
      ['spec.clusterIPs[0]: Invalid value: "1.2.3.4": expected an IPv6 value as indicated by `ipFamilies[0]`'],
    ],
    [
      'families',
      { ipFamilies: ['IPv5', 'IPv5'], ipFamilyPolicy: 'TripleStack' },
      [
        'spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"',
        'spec.ipFamilies[1]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"',
        'spec.ipFamilies[1]: Duplicate value: "IPv5"',
        'spec.ipFamilyPolicy: Unsupported value: "TripleStack": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
      ],
    ],
    [
      'what is for load balancers',
      { loadBalancerClass: 'a', loadBalancerSourceRanges: ['10.0.0.0/8'], allocateLoadBalancerNodePorts: true },
      [
        `spec.LoadBalancerSourceRanges: Forbidden: ${only}`,
        `spec.allocateLoadBalancerNodePorts: Forbidden: ${only}`,
        `spec.loadBalancerClass: Forbidden: ${only}`,
      ],
    ],
    [
      'source ranges',
      { type: 'LoadBalancer', loadBalancerSourceRanges: [' 10.0.0.0/8 ', '10.0.0.1/8', 'a'] },
      [
        'spec.LoadBalancerSourceRanges[1]: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length',
        'spec.LoadBalancerSourceRanges[2]: Invalid value: "a": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ],
    ],
    [
      'traffic policies',
      { type: 'ClusterIP', externalTrafficPolicy: 'Local', internalTrafficPolicy: 'Some', healthCheckNodePort: 1 },
      [
        'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
        "spec.healthCheckNodePort: Invalid value: 1: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
        'spec.internalTrafficPolicy: Unsupported value: "Some": supported values: "Cluster", "Local"',
      ],
    ],
    [
      'no health check',
      { type: 'LoadBalancer', externalTrafficPolicy: 'Local' },
      ['spec.healthCheckNodePort: Required value'],
    ],
    [
      'affinity',
      { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86_401 } } },
      [
        'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400',
      ],
    ],
    [
      'distribution',
      { trafficDistribution: 'Even' },
      [
        'spec.trafficDistribution: Unsupported value: "Even": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"',
      ],
    ],
  ])('%s', (_, spec, expected) => expect(texts(services.strategy?.validate?.(service(spec)))).toEqual(expected))

  test.each<[string, Record<string, string>, string[]]>([
    [
      'hints',
      { 'service.kubernetes.io/topology-mode': 'Auto', 'service.kubernetes.io/topology-aware-hints': 'Disabled' },
      [
        'metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: "Auto": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified',
      ],
    ],
    [
      'source ranges',
      { 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8, x' },
      [
        `metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: Forbidden: ${only}`,
        'metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ],
    ],
  ])('annotations: %s', (_, annotations, expected) =>
    expect(texts(services.strategy?.validate?.(service({}, { annotations })))).toEqual(expected),
  )
})

describe('what an update of a service may not change', () => {
  const dual = { ...address('1.2.3.4', 'fd00::1'), ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' }
  test.each<[string, object, object, string[]]>([
    ['nothing', address('1.2.3.4'), address('1.2.3.4'), []],
    [
      'its address',
      address('1.2.3.5'),
      address('1.2.3.4'),
      ['spec.clusterIPs[0]: Invalid value: ["1.2.3.5"]: may not change once set'],
    ],
    [
      'to no address',
      {},
      address('1.2.3.4'),
      ['spec.clusterIPs[0]: Invalid value: []: primary clusterIP can not be unset'],
    ],
    ['a second family comes', dual, { ...address('1.2.3.4'), ipFamilies: ['IPv4'] }, []],
    [
      'the second family goes',
      { ...address('1.2.3.4'), ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
      dual,
      [],
    ],
    [
      'it goes against the policy',
      { ...dual, ...address('1.2.3.4'), ipFamilies: ['IPv4'] },
      dual,
      [
        'spec.ipFamilyPolicy: Invalid value: "PreferDualStack": must be set to \'SingleStack\' when releasing the secondary clusterIP',
        'spec.ipFamilyPolicy: Invalid value: "PreferDualStack": must be set to \'SingleStack\' when releasing the secondary ipFamily',
      ],
    ],
    [
      'the family',
      { ...address('1.2.3.4'), ipFamilies: ['IPv6'] },
      { ...address('1.2.3.4'), ipFamilies: ['IPv4'] },
      ['spec.ipFamilies[0]: Invalid value: ["IPv6"]: may not change once set'],
    ],
    ['to an alias', { type: 'ExternalName' }, address('1.2.3.4'), []],
    [
      'who balances it',
      { type: 'LoadBalancer', loadBalancerClass: 'b' },
      { type: 'LoadBalancer', loadBalancerClass: 'a' },
      ['spec.loadBalancerClass: Invalid value: "b": may not change once set'],
    ],
    [
      'its health check',
      { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 2 },
      { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 1 },
      ['spec.healthCheckNodePort: Forbidden: field is immutable'],
    ],
  ])('%s', (_, next, old, expected) =>
    expect(texts(services.strategy?.validateUpdate?.(service(next), service(old)))).toEqual(expected),
  )
})

test.each<[string, object, object, string[]]>([
  ['nothing', {}, {}, []],
  [
    'headless',
    { ...address('None'), sessionAffinity: 'ClientIP', loadBalancerIP: '1.2.3.4' },
    {},
    ['spec.loadBalancerIP is ignored for headless services', 'spec.SessionAffinity is ignored for headless services'],
  ],
  [
    'external',
    { externalIPs: ['1.2.3.4'], externalName: 'a' },
    {},
    ['spec.externalIPs is deprecated', 'spec.externalName is ignored when spec.type is not "ExternalName"'],
  ],
  [
    'spelling',
    { ...address('FD00::1'), loadBalancerSourceRanges: ['fd00:0::/64'] },
    {},
    [
      'spec.clusterIPs[0]: IPv6 address "FD00::1" is not in RFC 5952 canonical format ("fd00::1"), which may cause controller apply-loops',
      'spec.loadBalancerSourceRanges[0]: IPv6 CIDR value "fd00:0::/64" is not in RFC 5952 canonical format ("fd00::/64"), which may cause controller apply-loops',
    ],
  ],
  [
    'hints',
    {},
    { annotations: { 'service.kubernetes.io/topology-aware-hints': 'Auto' } },
    [
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    ],
  ],
])('warnings: %s', (_, spec, metadata, expected) =>
  expect(services.strategy?.warnings?.(service(spec, metadata))).toEqual(expected),
)

describe('the status of a service', () => {
  const balanced = (ingress: object[], type = 'LoadBalancer') =>
    ({ ...service({ type }), status: { loadBalancer: { ingress } } }) as unknown as Service
  const statusErrors = (object: Service) => texts(services.subresources?.status?.validateUpdate?.(object, object))

  test.each<[string, Service, string[]]>([
    ['an address', balanced([{ ip: '1.2.3.4', ipMode: 'VIP' }]), []],
    [
      'of another type',
      balanced([{ ip: '1.2.3.4', ipMode: 'VIP' }], 'ClusterIP'),
      ["status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"],
    ],
    [
      'mode',
      balanced([{ ip: '1.2.3.4' }, { ipMode: 'VIP' }, { ip: '1.2.3.4', ipMode: 'Some' }]),
      [
        'status.loadBalancer.ingress[0].ipMode: Required value: must be specified when `ip` is set',
        'status.loadBalancer.ingress[1].ipMode: Forbidden: may not be specified when `ip` is not set',
        'status.loadBalancer.ingress[2].ipMode: Unsupported value: "Some": supported values: "Proxy", "VIP"',
      ],
    ],
    [
      'name',
      balanced([{ hostname: '1.2.3.4' }]),
      ['status.loadBalancer.ingress[0].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address'],
    ],
  ])('%s', (_, object, expected) => expect(statusErrors(object)).toEqual(expected))

  test('it goes when the service is balanced no longer', () => {
    const next = service({})
    services.strategy?.prepareForUpdate?.(next, balanced([{ ip: '1.2.3.4', ipMode: 'VIP' }]))
    expect(next.status).toEqual({ loadBalancer: {} })
  })
})

test.each<[string, Fields, string[]]>([
  ['an address', { addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }, []],
  [
    'addresses of this host',
    { addresses: [{ ip: '127.0.0.1' }, { ip: 'fe80::1' }, { ip: '0.0.0.0' }] },
    [
      'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'subsets[0].addresses[1].ip: Invalid value: "fe80::1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      'subsets[0].addresses[2].ip: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
    ],
  ],
  [
    'ports',
    {
      addresses: [{ ip: '10.0.0.1' }],
      ports: [
        { port: 0, name: 'a', appProtocol: 'x/y/z' },
        { port: 1, protocol: 'ICMP' },
      ],
    },
    [
      'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      expect.stringContaining('subsets[0].ports[0].appProtocol: Invalid value: "x/y/z": ') as unknown as string,
      'subsets[0].ports[1].name: Required value',
      'subsets[0].ports[1].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
    ],
  ],
])('Endpoints: %s', (_, subset, expected) =>
  expect(texts(endpoints.strategy?.validate?.(objectOf(endpoints, { subsets: [subset] }) as never))).toEqual(expected),
)
