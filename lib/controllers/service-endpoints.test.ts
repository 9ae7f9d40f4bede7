import { describe, expect, test } from '@jest/globals'
import type { Pod } from '../kinds/core/pod.ts'
import type { Service } from '../kinds/core/service.ts'
import type { EndpointSlice } from '../kinds/discovery/endpoint-slice.ts'
import { wantedEndpoints } from './endpoints.ts'
import { planSlices } from './endpointslice-plan.ts'
import { endpointsOf, hasSelector, selectsPod } from './service-endpoints.ts'

function service(spec: object = {}, labels: Record<string, string> = {}): Service {
  const ports = [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }]
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'a', name: 'web', uid: 's', labels },
    spec: { selector: { app: 'web' }, clusterIP: '10.96.0.5', ports, ...spec },
  } as unknown as Service
}

interface Given {
  ip?: string
  ready?: boolean
  phase?: string
  deleted?: boolean
  port?: { name: string; containerPort: number }
}

function pod(
  name: string,
  { ip = `10.0.0.${name.slice(1)}`, ready = true, phase = 'Running', deleted, port }: Given = {},
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'a',
      name,
      uid: name,
      labels: { app: 'web' },
      ...(deleted ? { deletionTimestamp: 'now' } : {}),
    },
    spec: { nodeName: 'n', containers: [{ name: 'c', ports: port ? [port] : [] }] },
    status: { phase, podIP: ip, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  } as unknown as Pod
}

const states = (given: Service, pods: Pod[]) =>
  endpointsOf(given, pods).flatMap(group =>
    group.endpoints.map(({ pod: { metadata }, ready, serving, terminating }) => [
      metadata.name,
      ready,
      serving,
      terminating,
    ]),
  )

test.each<[string, Given, object, unknown[]]>([
  ['ready', {}, {}, [['p1', true, true, false]]],
  ['not ready', { ready: false }, {}, [['p1', false, false, false]]],
  ['not ready, but published', { ready: false }, { publishNotReadyAddresses: true }, [['p1', true, false, false]]],
  ['going', { deleted: true }, {}, [['p1', false, true, true]]],
  ['without an address', { ip: '' }, {}, []],
  ['ended', { phase: 'Succeeded' }, {}, []],
])('a pod that is %s', (_, given, spec, expected) => {
  expect(states(service(spec), [pod('p1', given)])).toEqual(expected)
})

test('whose pods they are', () => {
  expect(selectsPod(service(), pod('p1'))).toBe(true)
  expect(selectsPod(service({ selector: { app: 'web', tier: 'x' } }), pod('p1'))).toBe(false)
  expect(hasSelector(service({ selector: {} }))).toBe(false)
  expect(hasSelector(service({ type: 'ExternalName' }))).toBe(false)
})

test('a named port is each pod’s own; pods that differ stand apart, one without it has no port', () => {
  const ports = [{ name: 'http', port: 80, targetPort: 'web', protocol: 'TCP' }]
  const web = (containerPort: number) => ({ port: { name: 'web', containerPort } })
  const groups = endpointsOf(service({ ports }), [pod('p1', web(1)), pod('p2', web(2)), pod('p3', web(1)), pod('p4')])
  expect(
    groups.map(group => [group.ports.map(({ port }) => port), group.endpoints.map(({ address }) => address)]),
  ).toEqual([
    [[1], ['10.0.0.1', '10.0.0.3']],
    [[2], ['10.0.0.2']],
    [[], ['10.0.0.4']],
  ])
})

test('Endpoints tell the ready from the others, and leave out those that go', () => {
  const pods = [pod('p1'), pod('p2', { ready: false }), pod('p3', { deleted: true })]
  const address = (n: number) => ({
    ip: `10.0.0.${n}`,
    nodeName: 'n',
    targetRef: { kind: 'Pod', namespace: 'a', name: `p${n}`, uid: `p${n}` },
  })
  expect(wantedEndpoints(service({}, { team: 'x' }), pods)).toMatchObject({
    metadata: { name: 'web', namespace: 'a', labels: { team: 'x' } },
    subsets: [
      {
        addresses: [address(1)],
        notReadyAddresses: [address(2)],
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      },
    ],
  })
  expect(wantedEndpoints(service({ clusterIP: 'None' }), []).metadata.labels).toMatchObject({
    'service.kubernetes.io/headless': '',
  })
})

describe('slices', () => {
  const many = (count: number, from = 1) => Array.from({ length: count }, (_, i) => pod(`p${from + i}`))
  const plan = (pods: Pod[], current: EndpointSlice[] = [], given = service()) =>
    planSlices(given, endpointsOf(given, pods), current, () => undefined)
  const stored = (slices: EndpointSlice[]) =>
    slices.map((slice, i) => ({ ...slice, metadata: { ...slice.metadata, name: `web-${i}`, uid: `${i}` } }))
  const counts = (slices: EndpointSlice[]) => slices.map(slice => slice.endpoints?.length)

  test('of at most 100 endpoints each', () => {
    const { create } = plan(many(250))
    expect(counts(create)).toEqual([100, 100, 50])
    expect(create[0]).toMatchObject({
      metadata: {
        generateName: 'web-',
        namespace: 'a',
        labels: {
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        ownerReferences: [{ kind: 'Service', uid: 's', controller: true }],
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    })
    expect(create[0]?.endpoints?.[0]).toEqual({
      addresses: ['10.0.0.1'],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: 'n',
      targetRef: { kind: 'Pod', namespace: 'a', name: 'p1', uid: 'p1' },
    })
  })

  test('nothing changed: nothing is written', () => {
    const current = stored(plan(many(150)).create)
    expect(plan(many(150), current)).toEqual({ create: [], update: [], delete: [] })
  })

  test('one pod more goes where there is room; one fewer changes its slice alone', () => {
    const current = stored(plan(many(150)).create)
    const more = plan(many(151), current)
    expect([more.create, counts(more.update), more.delete]).toEqual([[], [51], []])
    const fewer = plan(many(149, 2), current)
    expect([fewer.create, counts(fewer.update), fewer.delete]).toEqual([[], [99], []])
  })

  test('an empty slice goes, but the last stays and says that there are none', () => {
    const current = stored(plan(many(150)).create)
    const inFirst = new Set(current[0]?.endpoints?.map(({ addresses }) => addresses[0]))
    const half = plan(
      many(150).filter(({ status }) => inFirst.has(status?.podIP ?? '')),
      current,
    )
    expect([half.create, half.update, half.delete.map(slice => slice.metadata.name)]).toEqual([[], [], ['web-1']])
    const none = plan([], current)
    expect([counts(none.update), none.delete.length]).toEqual([[0], 1])
    expect(counts(plan([]).create)).toEqual([0])
    const empty = stored(plan([]).create)
    expect(plan([], empty)).toEqual({ create: [], update: [], delete: [] })
  })
})
