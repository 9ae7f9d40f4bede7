import { describe, expect, test } from '@jest/globals'
import { type Fields, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { ingresses } from './ingress.ts'
import { ingressClasses } from './ingress-class.ts'
import { ipAddresses } from './ip-address.ts'
import { networkPolicies } from './network-policy.ts'
import { serviceCidrs } from './service-cidr.ts'

const errorsOf = (def: ResourceDefinition, fields: Fields, metadata: object = {}) =>
  texts(def.strategy?.validate?.(objectOf(def, fields, metadata)))

const service = { name: 'web', port: { number: 80 } }
const backend = { service }
const path = { path: '/', pathType: 'Prefix', backend }
const ingress = (rule: object, more: object = {}) => ({ spec: { rules: [rule], ...more } })
const withPath = (change: object) => ingress({ http: { paths: [{ ...path, ...change }] } })
const at = 'spec.rules[0].http.paths[0]'

describe('ingresses', () => {
  test.each<[string, Fields, string[]]>([
    ['a rule', withPath({}), []],
    ['a default backend', { spec: { defaultBackend: backend } }, []],
    ['a wildcard', ingress({ host: '*.example.com', http: { paths: [path] } }), []],
    ['nothing', { spec: {} }, ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
    ['no paths', ingress({ http: { paths: [] } }), ['spec.rules[0].http.paths: Required value']],
    ['no path type', withPath({ pathType: undefined }), [`${at}.pathType: Required value: pathType must be specified`]],
    [
      'an unknown path type',
      withPath({ pathType: 'Regex' }),
      [`${at}.pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"`],
    ],
    ['a relative path', withPath({ path: 'a' }), [`${at}.path: Invalid value: "a": must be an absolute path`]],
    [
      'a path that leads elsewhere',
      withPath({ path: '/a//b/..' }),
      [
        `${at}.path: Invalid value: "/a//b/..": must not contain '//'`,
        `${at}.path: Invalid value: "/a//b/..": cannot end with '/..'`,
      ],
    ],
    [
      'an address for a host',
      ingress({ host: '10.0.0.1', http: { paths: [path] } }),
      ['spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address'],
    ],
    [
      'no backend',
      withPath({ backend: {} }),
      [`${at}.backend: Invalid value: "": resource or service backend is required`],
    ],
    [
      'two backends',
      withPath({ backend: { service, resource: { kind: 'Bucket', name: 'b' } } }),
      [`${at}.backend: Invalid value: "": cannot set both resource and service backends`],
    ],
    [
      'no port',
      withPath({ backend: { service: { name: 'web' } } }),
      [`${at}.backend: Required value: port name or number is required`],
    ],
    [
      'two ports',
      withPath({ backend: { service: { name: 'web', port: { name: 'a', number: 1 } } } }),
      [`${at}.backend: Invalid value: "": cannot set both port name & port number`],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(ingresses, fields)).toEqual(expected))

  test('the class is said once, or twice the same', () => {
    const annotations = { 'kubernetes.io/ingress.class': 'a' }
    const object = objectOf(ingresses, { spec: { defaultBackend: backend, ingressClassName: 'b' } }, { annotations })
    expect(texts(ingresses.strategy?.validateCreate?.(object))).toEqual([
      'annotations.kubernetes.io/ingress.class: Invalid value: "a": must match `ingressClassName` when both are specified',
    ])
    expect(ingresses.strategy?.warnings?.(object)).toEqual([
      'annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead',
    ])
  })

  test('hosts and addresses in columns', () => {
    const rules = ['a', '', 'b', 'c', 'd'].map(host => ({ host }))
    const status = { loadBalancer: { ingress: [{ ip: '10.0.0.2' }, { ip: '10.0.0.1' }, { ip: '10.0.0.2' }] } }
    const object = objectOf(ingresses, { spec: { rules }, status })
    const [, , hosts, address] = (ingresses.columns ?? []).map(column => column.value(object as never, 0))
    expect([hosts, address]).toEqual(['a,b,c + 2 more...', '10.0.0.1,10.0.0.2'])
  })
})

const ingressClass = (parameters?: object, controller = 'example.com/ingress') => ({ spec: { controller, parameters } })
const parameters = { kind: 'Config', name: 'a' }

describe('ingress classes', () => {
  test.each<[string, Fields, string[]]>([
    ['a controller', ingressClass(), []],
    ['parameters', ingressClass(parameters), []],
    [
      'a controller without path',
      ingressClass(undefined, 'nginx'),
      ['spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")'],
    ],
    [
      'parameters of nothing',
      ingressClass({ scope: 'World' }),
      [
        'spec.parameters.kind: Required value: kind is required',
        'spec.parameters.name: Required value: name is required',
        'spec.parameters.scope: Unsupported value: "World": supported values: "Cluster", "Namespace"',
      ],
    ],
    [
      'a namespace where there is none',
      ingressClass({ ...parameters, namespace: 'a' }),
      ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
    ],
    [
      'no namespace where one is meant',
      ingressClass({ ...parameters, scope: 'Namespace' }),
      ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(ingressClasses, fields)).toEqual(expected))

  test('the controller stays', () => {
    const [next, old] = [ingressClass(undefined, 'a.b/c'), ingressClass()].map(each => objectOf(ingressClasses, each))
    expect(texts(ingressClasses.strategy?.validateUpdate?.(next as never, old as never))).toEqual([
      'spec.controller: Invalid value: "a.b/c": field is immutable',
    ])
  })
})

const policy = (rule: object, more: object = {}) => ({ spec: { podSelector: {}, ingress: [rule], ...more } })
const peer = 'spec.ingress[0].from[0]'
const port = 'spec.ingress[0].ports[0]'

describe('network policies', () => {
  test.each<[string, Fields, string[]]>([
    ['everything', policy({}), []],
    ['a block', policy({ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }), []],
    ['nobody', policy({ from: [{}] }), [`${peer}: Required value: must specify a peer`]],
    [
      'a block and pods',
      policy({ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }),
      [`${peer}: Forbidden: may not specify both ipBlock and another peer`],
    ],
    [
      'no block',
      policy({ from: [{ ipBlock: { cidr: '10.0.0.0' } }] }),
      [
        `${peer}.ipBlock.cidr: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`,
      ],
    ],
    [
      'a hole elsewhere',
      policy({ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16', '10.0.0.0/8'] } }] }),
      [
        `${peer}.ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of \`cidr\``,
        `${peer}.ipBlock.except[1]: Invalid value: "10.0.0.0/8": must be a strict subset of \`cidr\``,
      ],
    ],
    [
      'ports',
      policy({ ports: [{ protocol: 'ICMP', port: 80, endPort: 79 }] }),
      [
        `${port}.protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"`,
        `${port}.endPort: Invalid value: 80: must be greater than or equal to \`port\``,
      ],
    ],
    [
      'a range from a name',
      policy({ ports: [{ port: 'web', endPort: 80 }] }),
      [`${port}.endPort: Invalid value: 80: may not be specified when \`port\` is non-numeric`],
    ],
    [
      'policy types',
      policy({}, { policyTypes: ['Upwards'] }),
      ['spec.policyTypes[0]: Unsupported value: "Upwards": supported values: "Ingress", "Egress"'],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(networkPolicies, fields)).toEqual(expected))
})

test.each<[string[], string[]]>([
  [['10.0.0.0/24'], []],
  [['10.0.0.0/24', 'fd00::/108'], []],
  [
    ['10.0.0.0/24', '10.0.1.0/24'],
    [
      'spec.cidrs: Invalid value: {"CIDRs":["10.0.0.0/24","10.0.1.0/24"]}: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
    ],
  ],
  [['10.0.0.1/24'], ['spec.cidrs[0]: Invalid value: "10.0.0.1/24": must not have bits set beyond the prefix length']],
])('service ranges %j', (cidrs, expected) => expect(errorsOf(serviceCidrs, { spec: { cidrs } })).toEqual(expected))

test('an address has a parent, and one only', () => {
  const parentRef = { resource: 'services', namespace: 'default', name: 'a' }
  const name = { name: '10.0.0.1', namespace: undefined }
  expect(errorsOf(ipAddresses, { spec: { parentRef } }, name)).toEqual([])
  expect(errorsOf(ipAddresses, { spec: {} }, name)).toEqual(['spec.parentRef: Required value'])
  expect(errorsOf(ipAddresses, { spec: { parentRef: { resource: '', name: 'a/b' } } }, name)).toEqual([
    'spec.parentRef.resource: Required value',
    'spec.parentRef.name: Invalid value: "a/b": may not contain \'/\'',
  ])
  const [next, old] = [{ ...parentRef, name: 'b' }, parentRef].map(ref =>
    objectOf(ipAddresses, { spec: { parentRef: ref } }),
  )
  expect(texts(ipAddresses.strategy?.validateUpdate?.(next as never, old as never))).toEqual([
    'spec.parentRef: Invalid value: {"resource":"services","namespace":"default","name":"b"}: field is immutable',
  ])
})
