import { describe, expect, test } from '@jest/globals'
import type { Node } from '../kinds/core/node.ts'
import type { Pod } from '../kinds/core/pod.ts'
import { type NodeInfo, schedule, whyUnschedulable } from './framework.ts'
import { defaultPlugins } from './plugins/index.ts'
import { addTo, parseResources, podRequests, type Resources } from './resources.ts'

const first = () => 0

interface NodeShape {
  spec?: Node['spec']
  labels?: Record<string, string>
  allocatable?: Record<string, string>
  pods?: Pod[]
}

function nodeInfo(name: string, { spec = {}, labels = {}, allocatable, pods = [] }: NodeShape = {}): NodeInfo {
  const requested: Resources = {}
  for (const pod of pods) addTo(requested, podRequests(pod))
  return {
    name,
    node: { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec },
    pods: new Map(pods.map(pod => [pod.metadata.name ?? '', pod])),
    requested,
    allocatable: parseResources({ cpu: '2', memory: '4Gi', pods: '10', ...allocatable }),
  }
}

let serial = 0
function pod(spec: Partial<NonNullable<Pod['spec']>> = {}): Pod {
  const name = `pod-${serial++}`
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { containers: [], ...spec } }
}

const asking = (requests: Record<string, string>) => pod({ containers: [{ name: 'c', resources: { requests } }] })
const onPort = (hostPort: number, hostIP?: string) =>
  pod({ containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort, ...(hostIP ? { hostIP } : {}) }] }] })

const tainted = { spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } }
const inZone = (key: string, operator: string, values?: string[]) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] }],
      },
    },
  },
})

describe('what a node will not take, and why', () => {
  const taint = 'node(s) had untolerated taint(s)'
  const affinity = "node(s) didn't match Pod's node affinity/selector"
  const ports = "node(s) didn't have free ports for the requested pod ports"
  const cases: [what: string, node: NodeShape, pod: Pod, reason: string | undefined][] = [
    ['an empty node takes an empty pod', {}, pod(), undefined],
    ['a cordoned node', { spec: { unschedulable: true } }, pod(), 'node(s) were unschedulable'],
    [
      'a cordoned node, tolerated',
      { spec: { unschedulable: true } },
      pod({ tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] }),
      undefined,
    ],
    ['another node is named', {}, pod({ nodeName: 'other' }), "node(s) didn't match the requested node name"],
    ['a taint', tainted, pod(), taint],
    ['a taint, tolerated by value', tainted, pod({ tolerations: [{ key: 'gpu', value: 'yes' }] }), undefined],
    ['a taint, another value tolerated', tainted, pod({ tolerations: [{ key: 'gpu', value: 'no' }] }), taint],
    ['a taint, any tolerated', tainted, pod({ tolerations: [{ operator: 'Exists' }] }), undefined],
    [
      'a taint, another effect tolerated',
      tainted,
      pod({ tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }] }),
      taint,
    ],
    [
      'a soft taint keeps nobody out',
      { spec: { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] } },
      pod(),
      undefined,
    ],
    ['a selector that matches', { labels: { disk: 'ssd' } }, pod({ nodeSelector: { disk: 'ssd' } }), undefined],
    ['a selector that does not', { labels: { disk: 'hdd' } }, pod({ nodeSelector: { disk: 'ssd' } }), affinity],
    ['affinity In', { labels: { zone: 'a' } }, pod(inZone('zone', 'In', ['a', 'b'])), undefined],
    ['affinity NotIn', { labels: { zone: 'a' } }, pod(inZone('zone', 'NotIn', ['a'])), affinity],
    ['affinity Exists', {}, pod(inZone('zone', 'Exists')), affinity],
    ['affinity Gt', { labels: { cores: '8' } }, pod(inZone('cores', 'Gt', ['4'])), undefined],
    ['too much cpu', {}, asking({ cpu: '2500m' }), 'Insufficient cpu'],
    ['exactly all cpu', {}, asking({ cpu: '2' }), undefined],
    ['beside another', { pods: [asking({ cpu: '1500m' })] }, asking({ cpu: '501m' }), 'Insufficient cpu'],
    ['an extended resource it lacks', {}, asking({ 'example.com/gpu': '1' }), 'Insufficient example.com/gpu'],
    ['full of pods', { allocatable: { pods: '1' }, pods: [pod()] }, pod(), 'Too many pods'],
    ['a host port that is taken', { pods: [onPort(80)] }, onPort(80), ports],
    ['a host port taken on another address', { pods: [onPort(80, '10.0.0.1')] }, onPort(80, '10.0.0.2'), undefined],
    ['a host port taken on all addresses', { pods: [onPort(80, '10.0.0.1')] }, onPort(80), ports],
  ]
  test.each(cases)('%s', (_what, shape, wanted, reason) => {
    const decision = schedule(defaultPlugins, wanted, [nodeInfo('node-1', shape)], first)
    expect(decision.kind).toBe(reason ? 'unschedulable' : 'fits')
    expect(decision.rejections.get('node-1')?.reasons).toEqual(reason ? [reason] : undefined)
  })
})

describe('which node is best', () => {
  const cases: [what: string, pod: Pod, a: NodeShape, b: NodeShape][] = [
    ['the emptier', asking({ cpu: '100m' }), { pods: [asking({ cpu: '1' })] }, {}],
    ['the larger', asking({ cpu: '1', memory: '1Gi' }), {}, { allocatable: { cpu: '8', memory: '16Gi' } }],
    ['without a soft taint', pod(), { spec: { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] } }, {}],
    [
      'the preferred',
      pod({
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, preference: { matchExpressions: [{ key: 'zone', operator: 'In', values: ['b'] }] } },
            ],
          },
        },
      }),
      { labels: { zone: 'a' } },
      { labels: { zone: 'b' } },
    ],
  ]
  test.each(cases)('%s', (_what, wanted, a, b) => {
    const decision = schedule(defaultPlugins, wanted, [nodeInfo('a', a), nodeInfo('b', b)], first)
    expect(decision).toMatchObject({ kind: 'fits', node: 'b', feasible: 2 })
  })

  test('among equals chance decides', () => {
    const nodes = ['a', 'b', 'c'].map(name => nodeInfo(name))
    const chosen = [0, 0.5, 0.99].map(value => schedule(defaultPlugins, pod(), nodes, () => value))
    expect(chosen.map(decision => (decision.kind === 'fits' ? decision.node : ''))).toEqual(['a', 'b', 'c'])
  })
})

test('why a pod is pending is told as a histogram', () => {
  const nodes = [
    nodeInfo('a', tainted),
    nodeInfo('b', { pods: [asking({ cpu: '2' })] }),
    nodeInfo('c', { pods: [asking({ cpu: '2' })] }),
  ]
  const decision = schedule(defaultPlugins, asking({ cpu: '1' }), nodes, first)
  expect(decision.kind === 'unschedulable' && whyUnschedulable(decision)).toBe(
    '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu.',
  )
  const none = schedule(defaultPlugins, pod(), [], first)
  expect(none.kind === 'unschedulable' && whyUnschedulable(none)).toBe('no nodes available to schedule pods')
})

describe('what a pod asks for', () => {
  const container = (cpu: string, restartPolicy?: string) => ({
    name: 'c',
    resources: { requests: { cpu } },
    ...(restartPolicy ? { restartPolicy } : {}),
  })
  const cases: [what: string, spec: Partial<NonNullable<Pod['spec']>>, cpu: number][] = [
    ['containers together', { containers: [container('1'), container('500m')] }, 1500],
    ['the largest init container', { containers: [container('1')], initContainers: [container('2')] }, 2000],
    ['a sidecar for good', { containers: [container('1')], initContainers: [container('2', 'Always')] }, 3000],
    [
      'an init container beside earlier sidecars',
      { containers: [container('1')], initContainers: [container('1', 'Always'), container('3')] },
      4000,
    ],
    ['overhead', { containers: [container('1')], overhead: { cpu: '250m' } }, 1250],
  ]
  test.each(cases)('%s', (_what, spec, cpu) => expect(podRequests(pod(spec)).cpu).toBe(cpu))
})
