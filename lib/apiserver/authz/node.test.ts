import { expect, test } from '@jest/globals'
import type { Pod } from '../../kinds/core/pod.ts'
import { nodeRules } from '../bootstrap/node-rules.ts'
import { requestInfo } from '../request-info.ts'
import type { WatchCache } from '../watch-cache.ts'
import { nodeAuthorizer } from './node.ts'
import { NodeGraph } from './node-graph.ts'

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    nodeName: 'a',
    serviceAccountName: 'robot',
    imagePullSecrets: [{ name: 'pull' }],
    containers: [
      {
        name: 'main',
        env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'env', key: 'x' } } }],
        envFrom: [{ configMapRef: { name: 'settings' } }],
      },
    ],
    volumes: [
      { name: 'v', persistentVolumeClaim: { claimName: 'data' } },
      { name: 'p', projected: { sources: [{ configMap: { name: 'kube-root-ca.crt' } }] } },
    ],
  },
}
const volume = { spec: { claimRef: { namespace: 'default', name: 'data' } } }
const cache = { get: (key: string) => (key === 'persistentvolumes/pv-1' ? { object: volume } : undefined) }

const paths: Record<string, string> = { get: 'GET', list: 'GET', create: 'POST', update: 'PUT', delete: 'DELETE' }

/** `get /api/v1/…` */
async function decide(request: string, user = 'system:node:a', groups = ['system:nodes']): Promise<string> {
  const graph = new NodeGraph(cache as unknown as WatchCache)
  Object.defineProperty(graph, 'loaded', { value: Promise.resolve() })
  graph.set('pods/default/web', pod)
  const [verb = '', url = ''] = request.split(' ')
  const [path = '', query = ''] = url.split('?')
  const info = requestInfo(paths[verb] ?? '', path, new URLSearchParams(query))
  return (await nodeAuthorizer(graph, nodeRules)({ name: user, groups, extra: {} }, info)).decision
}

const ns = '/api/v1/namespaces/default'
const leases = '/apis/coordination.k8s.io/v1/namespaces'
test.each<[string, 'allow' | 'no-opinion']>([
  [`get ${ns}/secrets/env`, 'allow'],
  [`get ${ns}/secrets/pull`, 'allow'],
  [`list ${ns}/secrets?fieldSelector=metadata.name=env`, 'allow'],
  [`list ${ns}/secrets`, 'no-opinion'],
  [`get ${ns}/secrets/other`, 'no-opinion'],
  ['get /api/v1/namespaces/kube-system/secrets/env', 'no-opinion'],
  [`update ${ns}/secrets/env`, 'no-opinion'],
  [`get ${ns}/configmaps/settings`, 'allow'],
  [`get ${ns}/configmaps/kube-root-ca.crt`, 'allow'],
  [`get ${ns}/persistentvolumeclaims/data`, 'allow'],
  ['get /api/v1/persistentvolumes/pv-1', 'allow'],
  ['get /api/v1/persistentvolumes/pv-2', 'no-opinion'],
  [`create ${ns}/serviceaccounts/robot/token`, 'allow'],
  [`create ${ns}/serviceaccounts/other/token`, 'no-opinion'],
  [`get ${ns}/serviceaccounts/robot`, 'no-opinion'],
  [`get ${ns}/pods/web`, 'allow'],
  [`get ${ns}/pods/other`, 'no-opinion'],
  ['list /api/v1/pods?fieldSelector=spec.nodeName=a', 'allow'],
  ['list /api/v1/pods?fieldSelector=spec.nodeName=b', 'no-opinion'],
  ['list /api/v1/pods?fieldSelector=spec.nodeName!=a', 'no-opinion'],
  ['list /api/v1/pods', 'no-opinion'],
  [`update ${ns}/pods/other/status`, 'allow'],
  ['get /api/v1/nodes/a', 'allow'],
  ['get /api/v1/nodes/b', 'no-opinion'],
  ['list /api/v1/nodes', 'no-opinion'],
  ['create /api/v1/nodes', 'allow'],
  ['delete /api/v1/nodes/a', 'no-opinion'],
  [`update ${leases}/kube-node-lease/leases/a`, 'allow'],
  [`update ${leases}/kube-node-lease/leases/b`, 'no-opinion'],
  [`update ${leases}/kube-system/leases/a`, 'no-opinion'],
  [`list /api/v1/services`, 'allow'],
  [`create ${ns}/events`, 'allow'],
  [`create ${ns}/configmaps`, 'no-opinion'],
])('%s: %s', async (request, expected) => {
  expect(await decide(request)).toBe(expected)
})

test('whoever is no node is none of its business', async () => {
  expect(await decide(`get ${ns}/secrets/env`, 'system:node:a', [])).toBe('no-opinion')
  expect(await decide(`get ${ns}/secrets/env`, 'a', ['system:nodes'])).toBe('no-opinion')
  expect(await decide(`get ${ns}/secrets/env`, 'system:node:b')).toBe('no-opinion')
})

test('a pod that goes takes its node’s rights with it', () => {
  const graph = new NodeGraph(cache as unknown as WatchCache)
  graph.set('pods/default/web', pod)
  graph.set('pods/default/web-2', { ...pod, metadata: { ...pod.metadata, name: 'web-2' } })
  graph.remove('pods/default/web')
  expect(graph.isNeeded('secrets/default/env', 'a')).toBe(true)
  graph.remove('pods/default/web-2')
  expect(graph.isNeeded('secrets/default/env', 'a')).toBe(false)
})
