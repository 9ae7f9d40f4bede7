// What a client may send of a custom kind: names that are special in JavaScript, numbers, members given twice.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'

const describe = await describeWithEtcd()
const things = '/apis/example.com/v1/namespaces/default/things'
const mergePatch = { 'content-type': 'application/merge-patch+json' }
const jsonPatch = { 'content-type': 'application/json-patch+json' }
const apply = { 'content-type': 'application/apply-patch+yaml' }

const free = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.com' },
  spec: {
    group: 'example.com',
    names: { plural: 'things', kind: 'Thing' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  size: { type: 'integer' },
                  name: { type: 'string' },
                  map: { type: 'object', additionalProperties: { type: 'string' } },
                  free,
                },
              },
              status: free,
            },
          },
        },
      },
    ],
  },
}

describe('custom objects', () => {
  let api: TestApiServer
  beforeAll(async () => {
    api = await startApiServer()
    await api.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: definition })
    await eventually(async () => (await api.ask('GET', things)).status === 200)
  })
  afterAll(() => api.stop())

  const thing = (name: string, spec: string) =>
    `{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"${name}"},"spec":${spec}}`
  const specOf = async (name: string) => {
    const { text } = await api.ask('GET', `${things}/${name}`)
    return JSON.stringify(JSON.parse(text).spec)
  }

  test('names that are special in JavaScript are data at every level', async () => {
    const spec =
      '{"map":{"__proto__":"a","constructor":"b"},"free":{"__proto__":{"__proto__":{"a":1}},"constructor":{"b":[{"toString":2}]}}}'
    expect((await api.ask('POST', things, { body: thing('proto', spec) })).status).toBe(201)
    expect(await specOf('proto')).toBe(spec)
    const at = `${things}/proto`
    const patch = async (body: string, headers: Record<string, string>, query = '') => {
      expect((await api.ask('PATCH', `${at}${query}`, { body, headers })).status).toBe(200)
      return JSON.parse(await specOf('proto'))
    }
    const merged = await patch('{"spec":{"free":{"__proto__":{"c":3},"constructor":null}}}', mergePatch)
    expect(JSON.stringify(merged.free)).toBe('{"__proto__":{"__proto__":{"a":1},"c":3}}')
    const patched = await patch('[{"op":"remove","path":"/spec/free/__proto__/__proto__"}]', jsonPatch)
    expect(JSON.stringify(patched.free)).toBe('{"__proto__":{"c":3}}')
    const applied = await patch(thing('proto', '{"free":{"__proto__":{"d":4}}}'), apply, '?fieldManager=me')
    expect(JSON.stringify(applied.free)).toBe('{"__proto__":{"c":3,"d":4}}')
    const status = '{"status":{"__proto__":1,"constructor":2}}'
    const { text } = await api.ask('PATCH', `${at}/status`, { body: status, headers: mergePatch })
    expect(text).toContain('"status":{"__proto__":1,"constructor":2}')
    const put = JSON.stringify((await api.ask('GET', at)).json).replace('"size":1', '')
    expect((await api.ask('PUT', at, { body: put })).status).toBe(200)
    expect(await specOf('proto')).toBe(JSON.stringify(applied))
  })

  test('they are unknown where the schema does not have them, and nothing is taken from them', async () => {
    const body = thing('pruned', '{"__proto__":{"name":"x"},"constructor":1,"size":1}')
    const answer = await api.ask('POST', things, { body })
    expect([answer.headers.warning].flat().join()).toContain('unknown field \\"spec.__proto__\\"')
    expect(await specOf('pruned')).toBe('{"size":1}')
  })

  test.each([
    ['POST', things, {}, thing('n', '{"free":{"a":[1,{"b":9007199254740993}]}}'), 'spec.free.a[1].b'],
    ['POST', things, {}, thing('n', '{"size":-9007199254740993}'), 'spec.size'],
    ['PATCH', `${things}/pruned`, mergePatch, '{"spec":{"size":9007199254740993}}', 'spec.size'],
    [
      'PATCH',
      `${things}/pruned`,
      jsonPatch,
      '[{"op":"add","path":"/spec/size","value":9007199254740993}]',
      '[0].value',
    ],
    ['PATCH', `${things}/pruned?fieldManager=m`, apply, thing('pruned', '{"size":9007199254740993}'), 'spec.size'],
  ])('%s %s: an integer that would change is refused', async (method, path, headers, body, field) => {
    const { json } = await api.ask(method, path, { body, headers })
    expect(json).toMatchObject({
      code: 400,
      message: expect.stringContaining(`in field "${field}" cannot be kept exactly`),
    })
  })

  test('other numbers are what they are worth', async () => {
    const body = thing(
      'numbers',
      '{"size":1e3,"free":{"a":1.0,"b":100000000000000000000,"c":-0.5,"d":9007199254740991}}',
    )
    expect((await api.ask('POST', things, { body })).status).toBe(201)
    expect(await specOf('numbers')).toBe(
      '{"size":1000,"free":{"a":1,"b":100000000000000000000,"c":-0.5,"d":9007199254740991}}',
    )
  })

  test('duplicates first, then what is unknown', async () => {
    const body = thing('strict', '{"foo":1,"name":"a","bar":1,"name":"b","foo":2}')
    const { json } = await api.ask('POST', `${things}?fieldValidation=Strict`, { body })
    expect(json.message).toBe(
      'Thing in version "v1" cannot be handled as a Thing: strict decoding error: duplicate field "spec.name", ' +
        'duplicate field "spec.foo", unknown field "spec.bar", unknown field "spec.foo"',
    )
  })

  test('a protobuf body is in no form that is known', async () => {
    const headers = { 'content-type': 'application/vnd.kubernetes.protobuf' }
    const { json } = await api.ask('POST', things, { headers, body: Buffer.from('k8s\0') })
    expect(json).toMatchObject({
      code: 415,
      message:
        'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
    })
  })
})
