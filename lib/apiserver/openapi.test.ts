import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import type { ResourceDefinition } from '../api/resource.ts'
import { builtinKinds } from '../kinds/index.ts'
import type { OpenApiObject } from './openapi-definitions.ts'
import { protobufV2 } from './openapi-document.ts'
import { operationsOf } from './openapi-operations.ts'
import { openApiRoutes } from './openapi-routes.ts'
import { openApiV2 } from './openapi-v2.ts'
import { openApiV3 } from './openapi-v3.ts'

const ofGroup = (group: string) => builtinKinds.filter(def => def.group === group)
const at = (value: unknown, ...path: string[]) =>
  path.reduce<unknown>((v, key) => (v as Record<string, unknown> | undefined)?.[key], value)
const references = (document: OpenApiObject) => [
  ...new Set([...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(match => match[1] ?? '')),
]

const foos: ResourceDefinition = {
  group: 'example.com',
  version: 'v1',
  kind: 'Foo',
  plural: 'foos',
  scope: 'Cluster',
  schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } },
}

describe('definitions', () => {
  const v2 = openApiV2(ofGroup('apps'))
  const v3 = openApiV3(ofGroup('apps'))

  test('every reference leads somewhere', () => {
    for (const document of [openApiV2(builtinKinds), v3, openApiV3([foos])]) {
      const missing = references(document).filter(path => at(document, ...path.split('/')) === undefined)
      expect(missing).toEqual([])
    }
  })

  test('fields carry how they merge', () => {
    expect(at(v2, 'definitions', 'io.k8s.api.core.v1.PodSpec', 'properties', 'containers')).toMatchObject({
      type: 'array',
      items: { $ref: '#/definitions/io.k8s.api.core.v1.Container' },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    })
    expect(
      at(v3, 'components', 'schemas', 'io.k8s.api.apps.v1.DeploymentSpec', 'properties', 'strategy'),
    ).toMatchObject({
      allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentStrategy' }],
      'x-kubernetes-patch-strategy': 'retainKeys',
    })
  })

  test('a kind says which it is, and everything is described', () => {
    expect(at(v2, 'definitions', 'io.k8s.api.apps.v1.Deployment')).toMatchObject({
      description: expect.stringContaining('Deployment'),
      'x-kubernetes-group-version-kind': [{ group: 'apps', kind: 'Deployment', version: 'v1' }],
    })
  })

  test('a custom kind stands inline, with its list', () => {
    const document = openApiV2([foos])
    expect(at(document, 'definitions', 'com.example.v1.Foo', 'properties', 'spec')).toEqual({
      type: 'object',
      properties: { size: { type: 'integer' } },
    })
    expect(at(document, 'definitions', 'com.example.v1.FooList', 'properties', 'items', 'items')).toEqual({
      $ref: '#/definitions/com.example.v1.Foo',
    })
  })
})

describe('operations', () => {
  test.each([
    ['Namespaced', 'get', '/apis/apps/v1/deployments', 'listAppsV1DeploymentForAllNamespaces'],
    ['Namespaced', 'post', '/apis/apps/v1/namespaces/{namespace}/deployments', 'createAppsV1NamespacedDeployment'],
    [
      'Namespaced',
      'delete',
      '/apis/apps/v1/namespaces/{namespace}/deployments',
      'deleteAppsV1CollectionNamespacedDeployment',
    ],
    [
      'Namespaced',
      'patch',
      '/apis/apps/v1/namespaces/{namespace}/deployments/{name}/status',
      'patchAppsV1NamespacedDeploymentStatus',
    ],
    [
      'Cluster',
      'put',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/{name}',
      'replaceRbacAuthorizationV1ClusterRole',
    ],
  ])('%s: %s %s is %s', (_, method, path, operationId) => {
    const found = builtinKinds.flatMap(operationsOf).find(o => o.method === method && o.path === path)
    expect(found?.operationId).toBe(operationId)
  })

  test('old clients find dryRun in the operation itself', () => {
    const patch = at(
      openApiV2(ofGroup('apps')),
      'paths',
      '/apis/apps/v1/namespaces/{namespace}/deployments/{name}',
      'patch',
    )
    expect(patch).toMatchObject({
      'x-kubernetes-group-version-kind': { group: 'apps', kind: 'Deployment', version: 'v1' },
    })
    expect(at(patch, 'parameters')).toContainEqual(expect.objectContaining({ in: 'query', name: 'dryRun' }))
  })
})

describe('routes', () => {
  let served = ofGroup('apps')
  const answer = openApiRoutes(() => served)
  const get = (path: string, headers: Record<string, string> = {}) => {
    const url = new URL(path, 'http://localhost')
    return answer({ path: url.pathname, query: url.searchParams, headers })
  }

  test('v2 comes as JSON or protobuf, and not twice', async () => {
    const json = await get('/openapi/v2', { accept: 'application/json' })
    expect(json.headers).toMatchObject({ 'content-type': 'application/json', vary: 'Accept' })
    expect(JSON.parse(String(json.body))).toMatchObject({ swagger: '2.0' })
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
    const bytes = await get('/openapi/v2', { accept })
    expect(bytes.headers?.['content-type']).toBe(protobufV2)
    // Field 1 is the version, a string of three characters.
    expect((bytes.body as Buffer).subarray(0, 5).toString('latin1')).toBe('\n\x032.0')
    const again = await get('/openapi/v2', { accept, 'if-none-match': String(bytes.headers?.etag) })
    expect([again.status, again.body]).toEqual([304, undefined])
    expect((await get('/openapi/v2', { accept: 'text/html' })).status).toBe(406)
  })

  test('v3 has an index whose addresses carry a hash', async () => {
    const index = JSON.parse(String((await get('/openapi/v3')).body))
    const url: string = index.paths['apis/apps/v1'].serverRelativeURL
    const document = await get(url)
    expect(document.headers).toMatchObject({ 'cache-control': 'public, immutable', expires: expect.any(String) })
    expect(JSON.parse(String(document.body))).toMatchObject({ openapi: '3.0.0' })
    expect((await get('/openapi/v3/apis/apps/v1')).headers).not.toHaveProperty('cache-control')
    const stale = await get('/openapi/v3/apis/apps/v1?hash=OLD')
    expect([stale.status, stale.headers?.location]).toEqual([301, url])
    expect((await get('/openapi/v3/apis/none/v1')).status).toBe(404)
  })

  test('a kind that comes is published', async () => {
    const before = await get('/openapi/v3')
    served = [...served, foos]
    const after = await get('/openapi/v3', { 'if-none-match': String(before.headers?.etag) })
    expect(after.status).toBe(200)
    expect(JSON.parse(String(after.body)).paths).toHaveProperty(['apis/example.com/v1'])
  })
})

const file = join(import.meta.dirname, '../../../shared/kubernetes-1.36/openapi-v2.json.gz')
const isThere = existsSync(file)
const compare = isThere ? test : test.skip
const why = isThere ? '' : ' (skipped: the published description is not beside the repository)'

compare(`what is published equals what upstream publishes${why}`, () => {
  const upstream = JSON.parse(gunzipSync(readFileSync(file)).toString()) as OpenApiObject
  const ours = JSON.parse(JSON.stringify(openApiV2(builtinKinds))) as OpenApiObject
  const names = Object.keys(ours.definitions as object)
  expect(names.length).toBeGreaterThan(300)
  for (const name of names) {
    expect({ name, ...shape(at(ours, 'definitions', name)) }).toEqual({
      name,
      ...shape(at(upstream, 'definitions', name)),
    })
  }
})

/** Without texts, without what says only the default, and without the group versions we do not serve. */
function shape(value: unknown): object {
  if (Array.isArray(value)) return value.map(v => (typeof v === 'object' ? shape(v) : v))
  const isLeftOut = ([name, v]: [string, unknown]) =>
    (name === 'description' && typeof v === 'string') ||
    (name === 'x-kubernetes-list-type' && v === 'atomic') ||
    ['default', 'x-kubernetes-unions', 'x-kubernetes-group-version-kind'].includes(name)
  const rest = Object.entries(value as object).filter(entry => !isLeftOut(entry))
  return Object.fromEntries(
    rest.map(([name, v]) => {
      if (name === 'required' && Array.isArray(v)) return [name, [...v].sort()]
      return [name, typeof v === 'object' ? shape(v) : v]
    }),
  )
}
