import { expect, test } from '@jest/globals'
import type { KubeObject } from '../../api/meta.ts'
import type { Node } from '../../kinds/core/node.ts'
import { nodes } from '../../kinds/core/node.ts'
import { pods } from '../../kinds/core/pod.ts'
import type { WatchCache } from '../watch-cache.ts'
import { nodeRestriction } from './node-restriction.ts'
import type { AdmissionRequest } from './plugin.ts'

const plugin = nodeRestriction({ cache: { get: () => undefined } as unknown as WatchCache })
const user = { name: 'system:node:a', groups: ['system:nodes'], extra: {} }

function verdict(request: Partial<AdmissionRequest>): string {
  const whole: AdmissionRequest = {
    operation: 'UPDATE',
    resource: nodes,
    subresource: '',
    namespace: '',
    name: request.object?.metadata.name ?? '',
    user,
    dryRun: false,
    warnings: [],
    ...request,
  }
  if (!plugin.handles(whole)) return 'none of its business'
  try {
    plugin.validate?.(whole)
    return 'allowed'
  } catch (error) {
    return (error as Error).message
  }
}

const node = (labels: Record<string, string>, taints: { key: string; effect: string }[] = [], name = 'a'): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  spec: { taints },
})

test.each<[string, Node, Node | undefined, string]>([
  ['its own, with well-known labels', node({ 'kubernetes.io/os': 'linux', team: 'x' }), undefined, 'allowed'],
  [
    'labels of the kubelet',
    node({ 'node.kubernetes.io/exclude': '', 'kubelet.kubernetes.io/x': '' }),
    undefined,
    'allowed',
  ],
  [
    'labels that fence nodes off',
    node({ 'node-restriction.kubernetes.io/x': 'y', 'example.k8s.io/z': '' }),
    undefined,
    'nodes "a" is forbidden: node "a" is not allowed to set the following labels: example.k8s.io/z, node-restriction.kubernetes.io/x',
  ],
  ['labels that were there', node({ 'example.k8s.io/z': '' }), node({ 'example.k8s.io/z': '' }), 'allowed'],
  [
    'a label taken away',
    node({}),
    node({ 'example.k8s.io/z': '' }),
    'nodes "a" is forbidden: is not allowed to modify labels: example.k8s.io/z',
  ],
  [
    'its taints',
    node({}),
    node({}, [{ key: 'x', effect: 'NoSchedule' }]),
    'nodes "a" is forbidden: node "a" is not allowed to modify taints',
  ],
  ['another node', node({}, [], 'b'), undefined, 'nodes "b" is forbidden: node "a" is not allowed to modify node "b"'],
])('%s', (_, object, oldObject, expected) => {
  const operation = oldObject ? 'UPDATE' : 'CREATE'
  expect(verdict({ operation, object, ...(oldObject ? { oldObject } : {}) })).toBe(expected)
})

test('whoever is no node is none of its business', () => {
  const jane = { name: 'jane', groups: [], extra: {} }
  expect(verdict({ user: jane, object: node({}, [], 'b') })).toBe('none of its business')
})

const pod = (spec: object, annotations: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', annotations },
  ...{ spec: { containers: [], ...spec } },
})
const mirror = { 'kubernetes.io/config.mirror': 'x' }

test.each<[string, KubeObject, string]>([
  ['a mirror pod on itself', pod({ nodeName: 'a' }, mirror), 'allowed'],
  [
    'an ordinary pod',
    pod({ nodeName: 'a' }),
    'pods "p" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "a" can only create mirror pods',
  ],
  [
    'a mirror pod elsewhere',
    pod({ nodeName: 'b' }, mirror),
    'pods "p" is forbidden: node "a" can only create pods with spec.nodeName set to itself',
  ],
  [
    'a mirror pod with a secret',
    pod({ nodeName: 'a', volumes: [{ name: 's', secret: { secretName: 's' } }] }, mirror),
    'pods "p" is forbidden: node "a" can not create pods that reference secrets',
  ],
])('%s', (_, object, expected) => {
  expect(verdict({ operation: 'CREATE', resource: pods, namespace: 'default', object })).toBe(expected)
})
