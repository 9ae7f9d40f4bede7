import { describe, expect, test } from '@jest/globals'
import type { ResourceDefinition } from '../api/resource.ts'
import { byPriority } from '../api/version-priority.ts'
import { builtinKinds } from '../kinds/index.ts'
import type { ApiRequest } from './chain.ts'
import { createDiscovery } from './discovery.ts'
import { groupVersionsOf } from './group-versions.ts'
import { Registry } from './registry.ts'

const registry = new Registry([
  ...builtinKinds,
  { group: 'example.com', version: 'v1beta1', kind: 'Old', plural: 'olds', scope: 'Cluster' } as ResourceDefinition,
  { group: 'example.com', version: 'v1', kind: 'New', plural: 'news', scope: 'Cluster' } as ResourceDefinition,
])

const discovery = createDiscovery(
  () => registry.all(),
  () => '10.0.0.1:6443',
)

const request = (path: string, headers: Record<string, string> = {}) =>
  ({ method: 'GET', path, headers, query: new URLSearchParams() }) as unknown as ApiRequest

const ask = async (path: string, accept?: string) => {
  const answer = await discovery(request(path, accept ? { accept } : {}))
  return answer && { type: answer.headers?.['content-type'], body: JSON.parse(`${answer.body}`) }
}

describe('discovery', () => {
  test('/api and /apis', async () => {
    expect((await ask('/api'))?.body).toEqual({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.0.0.1:6443' }],
    })
    const groups = (await ask('/apis'))?.body.groups.map(({ name }: { name: string }) => name)
    expect(groups).toContain('apps')
    expect(groups).not.toContain('')
  })

  test('a group names its versions, the best first', async () => {
    expect((await ask('/apis/example.com'))?.body).toEqual({
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

  test('a version names its resources and subresources', async () => {
    const { resources } = (await ask('/apis/apps/v1'))?.body ?? {}
    const find = (name: string) => resources.find((each: { name: string }) => each.name === name)
    expect(find('deployments')).toEqual({
      name: 'deployments',
      singularName: 'deployment',
      namespaced: true,
      kind: 'Deployment',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['deploy'],
      categories: ['all'],
      storageVersionHash: '8aSe+NMegvE=',
    })
    expect(find('deployments/scale')).toMatchObject({ group: 'autoscaling', version: 'v1', kind: 'Scale' })
    expect(find('deployments/status').verbs).toEqual(['get', 'patch', 'update'])
  })

  test.each(['/apis/nothing.example.com', '/apis/apps/v9', '/api/v9'])('%s is not found', path => {
    expect(() => discovery(request(path))).toThrow('the server could not find the requested resource')
  })

  test('other paths are not discovery', async () => {
    expect(await ask('/healthz')).toBeUndefined()
    expect(await ask('/apis/apps/v1/deployments')).toBeUndefined()
  })

  const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

  test('all of it at once, when asked so', async () => {
    const answer = await ask('/apis', `${aggregated},application/json`)
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
    expect((await ask('/api', aggregated))?.body.items).toHaveLength(1)
  })

  test('in the form asked for first that we have', async () => {
    const older = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'
    expect((await ask('/apis', older))?.body.kind).toBe('APIGroupList')
    expect((await ask('/apis', 'application/json'))?.body.kind).toBe('APIGroupList')
    expect((await ask('/apis/apps', `${aggregated},application/json`))?.body.kind).toBe('APIGroup')
    const yaml = await discovery(request('/apis/apps', { accept: 'application/yaml' }))
    expect(`${yaml?.body}`).toContain('kind: APIGroup\n')
  })

  test('what a client holds is not sent again, until a kind comes', async () => {
    const first = await discovery(request('/apis', { accept: aggregated }))
    const etag = String(first?.headers?.etag)
    const held = { accept: aggregated, 'if-none-match': etag }
    expect(await discovery(request('/apis', held))).toMatchObject({ status: 304, headers: { etag, vary: 'Accept' } })
    const late = { group: 'late.example.com', version: 'v1', kind: 'Late', plural: 'lates', scope: 'Cluster' }
    registry.add(late as ResourceDefinition)
    const after = await discovery(request('/apis', held))
    expect(after?.status).toBe(200)
    expect(after?.headers?.etag).not.toBe(etag)
    expect(JSON.parse(`${after?.body}`).items.at(-1).metadata).toEqual({ name: 'late.example.com' })
    registry.remove(late as ResourceDefinition)
    expect((await discovery(request('/apis', held)))?.status).toBe(304)
  })
})

test('groups by priority, custom ones behind them by name', () => {
  const groups = ['zoo.example.com', 'storage.k8s.io', '', 'apps', 'apiregistration.k8s.io', 'a.example.com']
  expect(groupVersionsOf(groups.map(group => ({ group, version: 'v1' }))).map(({ group }) => group)).toEqual([
    '',
    'apiregistration.k8s.io',
    'apps',
    'storage.k8s.io',
    'a.example.com',
    'zoo.example.com',
  ])
})

test('versions by priority', async () => {
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
