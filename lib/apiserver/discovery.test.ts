import { describe, expect, test } from '@jest/globals'
import type { ResourceDefinition } from '../api/resource.ts'
import { builtinKinds } from '../kinds/index.ts'
import type { ApiRequest } from './chain.ts'
import { discovery } from './discovery.ts'
import { byPriority } from './group-versions.ts'
import { Registry } from './registry.ts'

const registry = new Registry([
  ...builtinKinds,
  { group: 'example.com', version: 'v1beta1', kind: 'Old', plural: 'olds', scope: 'Cluster' } as ResourceDefinition,
  { group: 'example.com', version: 'v1', kind: 'New', plural: 'news', scope: 'Cluster' } as ResourceDefinition,
])

const ask = (path: string, accept?: string) => {
  const headers = accept ? { accept } : {}
  const answer = discovery({ method: 'GET', path, headers } as unknown as ApiRequest, registry, '10.0.0.1:6443')
  return answer && { type: answer.headers?.['content-type'], body: JSON.parse(`${answer.body}`) }
}

describe('discovery', () => {
  test('/api and /apis', () => {
    expect(ask('/api')?.body).toEqual({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.0.0.1:6443' }],
    })
    const groups = ask('/apis')?.body.groups.map(({ name }: { name: string }) => name)
    expect(groups).toContain('apps')
    expect(groups).not.toContain('')
  })

  test('a group names its versions, the best first', () => {
    expect(ask('/apis/example.com')?.body).toEqual({
      kind: 'APIGroup',
      apiVersion: 'v1',
      name: 'example.com',
      versions: [
        { groupVersion: 'example.com/v1', version: 'v1' },
        { groupVersion: 'example.com/v1beta1', version: 'v1beta1' },
      ],
      preferredVersion: { groupVersion: 'example.com/v1', version: 'v1' },
    })
  })

  test('a version names its resources and subresources', () => {
    const { resources } = ask('/apis/apps/v1')?.body ?? {}
    const find = (name: string) => resources.find((each: { name: string }) => each.name === name)
    expect(find('deployments')).toEqual({
      name: 'deployments',
      singularName: 'deployment',
      namespaced: true,
      kind: 'Deployment',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['deploy'],
      categories: ['all'],
    })
    expect(find('deployments/scale')).toMatchObject({ group: 'autoscaling', version: 'v1', kind: 'Scale' })
    expect(find('deployments/status').verbs).toEqual(['get', 'patch', 'update'])
  })

  test.each(['/apis/nothing.example.com', '/apis/apps/v9', '/api/v9'])('%s is not found', path => {
    expect(() => ask(path)).toThrow('the server could not find the requested resource')
  })

  test('other paths are not discovery', () => {
    expect(ask('/healthz')).toBeUndefined()
    expect(ask('/apis/apps/v1/deployments')).toBeUndefined()
  })

  const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

  test('all of it at once, when asked so', () => {
    const answer = ask('/apis', `${aggregated},application/json`)
    expect(answer?.type).toBe(aggregated)
    expect(answer?.body).toMatchObject({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' })
    const apps = answer?.body.items.find(({ metadata }: { metadata: { name: string } }) => metadata.name === 'apps')
    const deployments = apps.versions[0].resources.find(
      ({ resource }: { resource: string }) => resource === 'deployments',
    )
    expect(deployments).toMatchObject({
      responseKind: { group: '', version: '', kind: 'Deployment' },
      scope: 'Namespaced',
      singularResource: 'deployment',
    })
    expect(deployments.subresources).toContainEqual({
      subresource: 'scale',
      responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      verbs: ['get', 'patch', 'update'],
    })
    expect(ask('/api', aggregated)?.body.items).toHaveLength(1)
  })

  test('an older client’s form of it', () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'
    expect(ask('/apis', accept)?.body.apiVersion).toBe('apidiscovery.k8s.io/v2beta1')
    expect(ask('/apis', 'application/json')?.body.kind).toBe('APIGroupList')
  })
})

test('versions by priority', () => {
  const versions = ['foo1', 'v1alpha1', 'v10', 'v1', 'v1beta2', 'v11alpha2', 'v2', 'v1beta1', 'foo10']
  expect(versions.sort(byPriority)).toEqual([
    'v10',
    'v2',
    'v1',
    'v1beta2',
    'v1beta1',
    'v11alpha2',
    'v1alpha1',
    'foo1',
    'foo10',
  ])
})
