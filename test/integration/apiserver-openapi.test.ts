// What is served follows CustomResourceDefinitions at once: discovery in both forms, OpenAPI v2 and
// v3.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { eventually } from '../harness/eventually.ts'

let api: TestApiServer

beforeAll(async () => {
  api = await startApiServer()
})

afterAll(() => api.stop())

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const schema = (properties: object) => ({ openAPIV3Schema: { type: 'object', properties } })
const versionOf = (name: string, more: object = {}) => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: schema({ spec: { type: 'object', properties: { size: { type: 'integer' } } } }),
  ...more,
})
const definition = (word: string, versions: object[] = [versionOf('v1')]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${word}s.follow.example.com` },
  spec: {
    group: 'follow.example.com',
    scope: 'Namespaced',
    names: { plural: `${word}s`, singular: word, kind: word.charAt(0).toUpperCase() + word.slice(1) },
    versions,
  },
})
const aggregated = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' }

const definitionsOfV2 = async () => Object.keys((await api.ask('GET', '/openapi/v2')).json.definitions)
const groupIn = async (path: string, headers = {}) => JSON.stringify((await api.ask('GET', path, { headers })).json)

async function made(word: string, versions?: object[]): Promise<void> {
  const answer = await api.ask('POST', definitions, { body: definition(word, versions) })
  expect(answer.status).toBe(201)
  await eventually(async () => (await api.ask('GET', `/apis/follow.example.com/v1/${word}s`)).status === 200)
}

describe('a CustomResourceDefinition', () => {
  test('is told everywhere as soon as it is served, and no longer when it is gone', async () => {
    const before = await api.ask('GET', '/openapi/v2')
    const etag = String(before.headers.etag)
    expect((await api.ask('GET', '/openapi/v2', { headers: { 'if-none-match': etag } })).status).toBe(304)
    await made('comet')
    const after = await api.ask('GET', '/openapi/v2', { headers: { 'if-none-match': etag } })
    expect(after.status).toBe(200)
    expect(after.json.definitions['com.example.follow.v1.Comet']).toMatchObject({
      type: 'object',
      properties: {
        apiVersion: { type: 'string' },
        metadata: { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
        spec: { properties: { size: { type: 'integer' } } },
      },
      'x-kubernetes-group-version-kind': [{ group: 'follow.example.com', kind: 'Comet', version: 'v1' }],
    })
    expect(after.json.paths).toHaveProperty(['/apis/follow.example.com/v1/namespaces/{namespace}/comets/{name}'])
    expect((await api.ask('GET', '/apis/follow.example.com/v1')).json.resources).toMatchObject([{ name: 'comets' }])
    expect(await groupIn('/apis')).toContain('follow.example.com')
    expect(await groupIn('/apis', aggregated)).toContain('"resource":"comets"')
    const { paths } = (await api.ask('GET', '/openapi/v3')).json
    const document = await api.ask('GET', paths['apis/follow.example.com/v1'].serverRelativeURL)
    expect(document.json.components.schemas).toHaveProperty(['com.example.follow.v1.CometList'])
    expect((await api.ask('GET', '/')).json.paths).toContain('/apis/follow.example.com/v1')

    await api.ask('DELETE', `${definitions}/comets.follow.example.com`)
    await eventually(async () => !(await definitionsOfV2()).includes('com.example.follow.v1.Comet'))
    expect(await groupIn('/apis', aggregated)).not.toContain('comets')
    expect((await api.ask('GET', '/openapi/v3/apis/follow.example.com/v1')).status).toBe(404)
  })

  test('changes its versions: one comes, one is renamed, one is no longer served', async () => {
    await made('planet')
    const name = `${definitions}/planets.follow.example.com`
    const withVersions = async (...versions: object[]) => {
      const { json } = await api.ask('GET', name)
      const body = { ...json, spec: { ...json.spec, versions } }
      expect((await api.ask('PUT', name, { body })).status).toBe(200)
    }
    await withVersions(versionOf('v1'), versionOf('v2'))
    await eventually(async () => (await definitionsOfV2()).includes('com.example.follow.v2.Planet'))
    const group = (await api.ask('GET', '/apis/follow.example.com')).json
    expect(group.preferredVersion.version).toBe('v2')
    await withVersions(versionOf('v1'), versionOf('v3'))
    await eventually(async () => (await definitionsOfV2()).includes('com.example.follow.v3.Planet'))
    expect(await definitionsOfV2()).not.toContain('com.example.follow.v2.Planet')
    await withVersions(versionOf('v1'), versionOf('v3', { served: false }))
    await eventually(async () => !(await definitionsOfV2()).includes('com.example.follow.v3.Planet'))
    expect(await definitionsOfV2()).toContain('com.example.follow.v1.Planet')
  })

  test('leaves the documents of others as they were', async () => {
    const urlsOf = async () => {
      const { paths } = (await api.ask('GET', '/openapi/v3')).json as { paths: Record<string, unknown> }
      return Object.fromEntries(Object.entries(paths).filter(([path]) => !path.includes('example.com')))
    }
    const before = await urlsOf()
    await made('moon')
    expect(await urlsOf()).toEqual(before)
    expect(Object.keys(before).length).toBeGreaterThan(40)
  })
})

test('a compressed answer still says that it depends on what is asked for', async () => {
  const { headers } = await api.ask('GET', '/openapi/v2', { headers: { 'accept-encoding': 'gzip' } })
  expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept, Accept-Encoding' })
})

test('fifty definitions at once are all told', async () => {
  const words = Array.from({ length: 50 }, (_, index) => `rock${index}`)
  await Promise.all([api.ask('GET', '/openapi/v2'), api.ask('GET', '/openapi/v3')])
  await Promise.all(words.map(word => api.ask('POST', definitions, { body: definition(word) })))
  await eventually(async () => {
    const [v2] = await Promise.all([definitionsOfV2(), api.ask('GET', '/openapi/v3'), groupIn('/apis', aggregated)])
    return v2.filter(name => /Rock\d+$/.test(name)).length === 50
  })
  const { schemas } = (await api.ask('GET', '/openapi/v3/apis/follow.example.com/v1')).json.components
  expect(Object.keys(schemas).filter(name => /Rock\d+$/.test(name))).toHaveLength(50)
})
