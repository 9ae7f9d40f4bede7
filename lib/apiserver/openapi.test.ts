import { describe, expect, test } from '@jest/globals'
import type { ResourceDefinition } from '../api/resource.ts'
import { builtinKinds } from '../kinds/index.ts'
import type { OpenApiObject } from './openapi-definitions.ts'
import { OpenApi, protobufV2 } from './openapi-document.ts'
import { operationsOf } from './openapi-operations.ts'
import { openApiRoutes } from './openapi-routes.ts'

const ofGroup = (group: string) => builtinKinds.filter(def => def.group === group)
const at = (value: unknown, ...path: string[]) =>
  path.reduce<unknown>((v, key) => (v as Record<string, unknown> | undefined)?.[key], value)
const references = (document: OpenApiObject) => [
  ...new Set([...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(match => match[1] ?? '')),
]

const custom = (openApiSchema: object): ResourceDefinition => ({
  group: 'example.com',
  version: 'v1',
  kind: 'Foo',
  plural: 'foos',
  scope: 'Cluster',
  schema: { type: 'object' },
  openApiSchema,
})

const v2Of = async (...resources: ResourceDefinition[]) =>
  JSON.parse((await new OpenApi(() => resources).v2()).body.toString()) as OpenApiObject
const v3Of = async (path: string, ...resources: ResourceDefinition[]) =>
  JSON.parse((await new OpenApi(() => resources).v3(path))?.body.toString() ?? '') as OpenApiObject

const foos = custom({
  type: 'object',
  properties: { spec: { type: 'object', properties: { size: { type: 'integer', minimum: 1 } } } },
})

describe('definitions', () => {
  test('every reference leads somewhere', async () => {
    const documents = [await v2Of(...builtinKinds, foos), await v3Of('apis/apps/v1', ...ofGroup('apps'))]
    for (const document of [...documents, await v3Of('apis/example.com/v1', foos)]) {
      const missing = references(document).filter(path => at(document, ...path.split('/')) === undefined)
      expect(missing).toEqual([])
    }
  })

  test('fields carry how they merge', async () => {
    const v2 = await v2Of(...ofGroup('apps'))
    expect(at(v2, 'definitions', 'io.k8s.api.core.v1.PodSpec', 'properties', 'containers')).toMatchObject({
      type: 'array',
      items: { $ref: '#/definitions/io.k8s.api.core.v1.Container' },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    })
    const v3 = await v3Of('apis/apps/v1', ...ofGroup('apps'))
    expect(
      at(v3, 'components', 'schemas', 'io.k8s.api.apps.v1.DeploymentSpec', 'properties', 'strategy'),
    ).toMatchObject({
      allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentStrategy' }],
      default: {},
      'x-kubernetes-patch-strategy': 'retainKeys',
    })
  })

  test('a kind says which it is, and everything is described', async () => {
    expect(at(await v2Of(...ofGroup('apps')), 'definitions', 'io.k8s.api.apps.v1.Deployment')).toMatchObject({
      description: expect.stringContaining('Deployment'),
      'x-kubernetes-group-version-kind': [{ group: 'apps', kind: 'Deployment', version: 'v1' }],
    })
  })
})

describe('a custom kind', () => {
  const v2 = async (schema: object) => at(await v2Of(custom(schema)), 'definitions', 'com.example.v1.Foo')
  const v3 = async (schema: object) =>
    at(await v3Of('apis/example.com/v1', custom(schema)), 'components', 'schemas', 'com.example.v1.Foo')

  test('stands as its definition says it, with what every object has, and its list', async () => {
    const document = await v2Of(foos)
    expect(at(document, 'definitions', 'com.example.v1.Foo')).toMatchObject({
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
        spec: { type: 'object', properties: { size: { type: 'integer', minimum: 1 } } },
      },
      'x-kubernetes-group-version-kind': [{ group: 'example.com', kind: 'Foo', version: 'v1' }],
    })
    expect(at(document, 'definitions', 'com.example.v1.FooList', 'properties', 'items', 'items')).toEqual({
      $ref: '#/definitions/com.example.v1.Foo',
    })
  })

  test('that keeps unknown fields tells none of its own in v2, where clients would refuse the others', async () => {
    const schema = {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { spec: { type: 'object' } },
    }
    expect(Object.keys((await v2(schema)) as object).sort()).toEqual(['type', 'x-kubernetes-group-version-kind'])
    expect(at(await v3(schema), 'properties', 'spec')).toEqual({ type: 'object' })
  })

  const field = (schema: object) => ({
    type: 'object',
    properties: { spec: { type: 'object', required: ['a'], properties: { a: schema } } },
  })
  const spec = (definition: unknown) => at(definition, 'properties', 'spec')

  test.each([
    [{ type: 'string', nullable: true }, {}],
    [
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { b: {} } },
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    ],
    [
      { type: 'string', oneOf: [{ pattern: 'x' }], not: { pattern: 'y' }, pattern: 'z' },
      { type: 'string', pattern: 'z' },
    ],
    [{ type: 'array', nullable: true, items: { type: 'string' } }, {}],
    [{ 'x-kubernetes-int-or-string': true }, { 'x-kubernetes-int-or-string': true }],
  ])('v2 leaves out of %j what its readers cannot take', async (schema, left) => {
    expect(at(spec(await v2(field(schema))), 'properties', 'a')).toEqual(left)
  })

  test('a field that may be null is not required in v2', async () => {
    const schema = field({ type: 'string', nullable: true })
    expect(at(spec(await v2(schema)), 'required')).toBeUndefined()
    expect(at(spec(await v3(schema)), 'required')).toEqual(['a'])
  })

  test('an embedded resource has what every object has', async () => {
    const schema = field({ type: 'object', 'x-kubernetes-embedded-resource': true })
    for (const definition of [await v2(schema), await v3(schema)]) {
      const embedded = at(spec(definition), 'properties', 'a')
      expect(Object.keys(at(embedded, 'properties') as object)).toEqual(['apiVersion', 'kind', 'metadata'])
      expect(at(embedded, 'required')).toEqual(['kind', 'apiVersion'])
    }
  })

  test('int-or-string says in v3 which two', async () => {
    const schema = field({ 'x-kubernetes-int-or-string': true })
    expect(at(spec(await v3(schema)), 'properties', 'a', 'anyOf')).toEqual([{ type: 'integer' }, { type: 'string' }])
  })

  test('has the paths that it is served under', async () => {
    const status = { verbs: ['get', 'update', 'patch'] as const }
    const def = { ...foos, subresources: { status: { verbs: [...status.verbs] } } }
    const paths = at(await v3Of('apis/example.com/v1', def), 'paths') as OpenApiObject
    const root = '/apis/example.com/v1/foos'
    expect(Object.keys(paths)).toEqual([root, `${root}/{name}`, `${root}/{name}/status`])
    expect(at(paths, `${root}/{name}/status`, 'put', 'operationId')).toBe('replaceExampleComV1FooStatus')
    expect(Object.keys(at(paths, `${root}/{name}`, 'patch', 'requestBody', 'content') as object)).toEqual([
      'application/json-patch+json',
      'application/merge-patch+json',
      'application/apply-patch+yaml',
    ])
  })
})

describe('operations', () => {
  test.each([
    ['get', '/apis/apps/v1/deployments', 'listAppsV1DeploymentForAllNamespaces'],
    ['post', '/apis/apps/v1/namespaces/{namespace}/deployments', 'createAppsV1NamespacedDeployment'],
    ['delete', '/apis/apps/v1/namespaces/{namespace}/deployments', 'deleteAppsV1CollectionNamespacedDeployment'],
    [
      'patch',
      '/apis/apps/v1/namespaces/{namespace}/deployments/{name}/status',
      'patchAppsV1NamespacedDeploymentStatus',
    ],
    ['put', '/apis/rbac.authorization.k8s.io/v1/clusterroles/{name}', 'replaceRbacAuthorizationV1ClusterRole'],
    ['get', '/api/v1/watch/namespaces/{namespace}/pods/{name}', 'watchCoreV1NamespacedPod'],
  ])('%s %s is %s', (method, path, operationId) => {
    const found = builtinKinds.flatMap(operationsOf).find(o => o.method === method && o.path === path)
    expect(found?.operationId).toBe(operationId)
  })

  test('old clients find dryRun in the operation itself', async () => {
    const path = '/apis/apps/v1/namespaces/{namespace}/deployments/{name}'
    const patch = at(await v2Of(...ofGroup('apps')), 'paths', path, 'patch')
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
    const accept = 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf'
    expect((await get('/openapi/v3/apis/apps/v1', { accept })).status).toBe(406)
    expect((await get('/openapi/v3/apis/apps/v1', { accept: `${accept},application/json;q=0.5` })).status).toBe(200)
  })

  test('a kind that comes is published, and changes no other document', async () => {
    const before = JSON.parse(String((await get('/openapi/v3')).body)).paths
    served = [...served, foos]
    const after = JSON.parse(String((await get('/openapi/v3')).body)).paths
    const { 'apis/example.com/v1': own, ...others } = after
    expect(own.serverRelativeURL).toMatch(/^\/openapi\/v3\/apis\/example\.com\/v1\?hash=[0-9A-F]{128}$/)
    expect(others).toEqual(before)
    const v2 = JSON.parse(String((await get('/openapi/v2')).body))
    expect(Object.keys(v2.definitions)).toContain('com.example.v1.Foo')
    served = served.filter(def => def !== foos)
    expect(JSON.parse(String((await get('/openapi/v2')).body)).definitions).not.toHaveProperty(['com.example.v1.Foo'])
  })
})
