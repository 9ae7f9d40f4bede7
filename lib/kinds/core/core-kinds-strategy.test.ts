import { describe, expect, test } from '@jest/globals'
import { type Fields, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import { namespaces } from './namespace.ts'
import { nodes } from './node.ts'
import { secrets } from './secret.ts'
import { services } from './service.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

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

test('a Service whose clusterIP alone is changed asks for another address, which validation refuses', () => {
  const spec = (clusterIP: string) => ({ ports: [{ port: 80 }], clusterIP, clusterIPs: ['10.96.0.9'] })
  const next = objectOf(services, { spec: spec('10.96.0.10') })
  services.strategy?.prepareForUpdate?.(next, objectOf(services, { spec: spec('10.96.0.9') }))
  expect(next.spec).toMatchObject({ clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'] })
})

test('what a node can give is what it has, until it says otherwise', () => {
  const node = objectOf(nodes, { spec: { podCIDR: '10.244.0.0/24' }, status: { capacity: { cpu: '2' } } })
  expect(node).toMatchObject({
    spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] },
    status: { allocatable: { cpu: '2' } },
  })
})
