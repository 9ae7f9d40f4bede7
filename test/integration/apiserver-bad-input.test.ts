// What cannot be taken is refused with upstream's code, reason and text, and nothing is written.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'

const describe = await describeWithEtcd()
const maps = '/api/v1/namespaces/default/configmaps'
const pods = '/api/v1/namespaces/default/pods'
const deployments = '/apis/apps/v1/namespaces/default/deployments'

interface Case {
  name: string
  method?: string
  path?: string
  body?: unknown
  headers?: Record<string, string>
  code: number
  reason: string | undefined
  message: string | RegExp
}

const pod = (name: string, container: object) => ({ metadata: { name }, spec: { containers: [container] } })
const mergePatch = { 'content-type': 'application/merge-patch+json' }

const cases: Case[] = [
  {
    name: 'malformed JSON',
    body: '{"metadata": {"name": "a",}}',
    code: 400,
    reason: 'BadRequest',
    message:
      "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: " +
      'invalid character \'}\' looking for beginning of object key string ({"metadata": {"name": "a",}})',
  },
  {
    name: 'JSON that stops',
    body: '{"metadata": ',
    code: 400,
    reason: 'BadRequest',
    message: /json parse error: unexpected end of JSON input \(\{"metadata": \)$/,
  },
  {
    name: 'no JSON at all',
    body: 'hello',
    code: 400,
    reason: 'BadRequest',
    message: /invalid character 'h' looking for beginning of value \(68656c6c6f\)$/,
  },
  {
    name: 'a body of 4 MB',
    body: { metadata: { name: 'huge' }, data: { a: 'x'.repeat(4 * 1024 * 1024) } },
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: 'Request entity too large: limit is 3145728',
  },
  {
    name: 'an unknown resource',
    path: '/api/v1/namespaces/default/foos',
    body: { metadata: { name: 'a' } },
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
  },
  {
    name: 'an unknown group',
    method: 'GET',
    path: '/apis/example.com/v1/things',
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
  },
  {
    name: 'an unknown kind',
    body: { apiVersion: 'v1', kind: 'Foo', metadata: { name: 'a' } },
    code: 400,
    reason: 'BadRequest',
    message:
      'Foo in version "v1" cannot be handled as a ConfigMap: no kind "Foo" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
  },
  {
    name: 'another kind',
    body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } },
    code: 400,
    reason: 'BadRequest',
    message:
      'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
  },
  {
    name: 'a field of the wrong type',
    path: pods,
    body: pod('a', { name: 'a', image: 'b', ports: '80' }),
    code: 400,
    reason: 'BadRequest',
    message:
      'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field Container.spec.containers.ports of type []v1.ContainerPort',
  },
  {
    name: 'an unknown field, strictly',
    path: `${maps}?fieldValidation=Strict`,
    body: { metadata: { name: 'a' }, dota: {} },
    code: 400,
    reason: 'BadRequest',
    message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dota"',
  },
  {
    name: 'another namespace',
    body: { metadata: { name: 'a', namespace: 'other' } },
    code: 400,
    reason: 'BadRequest',
    message: 'the namespace of the provided object does not match the namespace sent on the request',
  },
  {
    name: 'a namespace that is not there',
    path: '/api/v1/namespaces/nowhere/configmaps',
    body: { metadata: { name: 'a' } },
    code: 404,
    reason: 'NotFound',
    message: 'namespaces "nowhere" not found',
  },
  {
    name: 'a name that is none',
    body: { metadata: { name: 'Not_A_Name' } },
    code: 422,
    reason: 'Invalid',
    message:
      "ConfigMap \"Not_A_Name\" is invalid: metadata.name: Invalid value: \"Not_A_Name\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  },
  {
    name: 'no name',
    body: {},
    code: 422,
    reason: 'Invalid',
    message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  },
  {
    name: 'a version on what is to be created',
    body: { metadata: { name: 'a', resourceVersion: '1' } },
    code: 500,
    reason: undefined,
    message: 'resourceVersion should not be set on objects to be created',
  },
  {
    name: 'another name than in the path',
    method: 'PUT',
    path: `${maps}/kube-root`,
    body: { metadata: { name: 'a' } },
    code: 400,
    reason: 'BadRequest',
    message: 'the name of the object (a) does not match the name on the URL (kube-root)',
  },
  {
    name: 'an unknown patch',
    method: 'PATCH',
    path: `${maps}/a`,
    body: '{}',
    headers: { 'content-type': 'application/json' },
    code: 415,
    reason: 'UnsupportedMediaType',
    message:
      /^the body of the request was in an unknown format - accepted media types include: application\/json-patch\+json, application\/merge-patch\+json, application\/strategic-merge-patch\+json/,
  },
  {
    name: 'a patch of nothing',
    method: 'PATCH',
    path: `${maps}/none`,
    body: {},
    headers: mergePatch,
    code: 404,
    reason: 'NotFound',
    message: 'configmaps "none" not found',
  },
  {
    name: 'a patch that is no JSON',
    method: 'PATCH',
    path: `${maps}/there`,
    body: '{',
    headers: mergePatch,
    code: 400,
    reason: 'BadRequest',
    message: 'error decoding patch: unexpected end of JSON input',
  },
  {
    name: 'a JSON patch that does not apply',
    method: 'PATCH',
    path: `${maps}/there`,
    body: [{ op: 'test', path: '/data/a', value: 'other' }],
    headers: { 'content-type': 'application/json-patch+json' },
    code: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
  },
  {
    name: 'another media type',
    body: '<a/>',
    headers: { 'content-type': 'text/xml' },
    code: 415,
    reason: 'UnsupportedMediaType',
    message: /^the body of the request was in an unknown format - accepted media types include: application\/json, /,
  },
  {
    name: 'an answer nobody has',
    method: 'GET',
    headers: { accept: 'text/html' },
    code: 406,
    reason: 'NotAcceptable',
    message: /^only the following media types are accepted: application\/json, /,
  },
  {
    name: 'a label selector that is none',
    method: 'GET',
    path: `${maps}?labelSelector=a%20in`,
    code: 400,
    reason: 'BadRequest',
    message: /unable to parse requirement/,
  },
  {
    name: 'a field that cannot be selected',
    method: 'GET',
    path: `${maps}?fieldSelector=data.a=1`,
    code: 400,
    reason: 'BadRequest',
    message: '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
  },
  {
    name: 'a dry run of another kind',
    path: `${maps}?dryRun=Some`,
    body: { metadata: { name: 'a' } },
    code: 422,
    reason: 'Invalid',
    message: /^CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: /,
  },
  {
    name: 'a method that is not served',
    method: 'POST',
    path: `${maps}/a`,
    body: {},
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
  },
  {
    name: 'a Deployment whose selector does not match',
    path: deployments,
    body: {
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'other' } },
          spec: { containers: [{ name: 'a', image: 'b' }] },
        },
      },
    },
    code: 422,
    reason: 'Invalid',
    message:
      'Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
  },
]

describe('bad input', () => {
  let api: TestApiServer
  beforeAll(async () => {
    api = await startApiServer()
    await api.ask('POST', maps, { body: { metadata: { name: 'there' }, data: { a: '1' } } })
  })
  afterAll(() => api.stop())

  /** All that these requests could have written; the server's own controllers write elsewhere. */
  const contents = () =>
    Promise.all([maps, pods, deployments].map(async path => (await api.ask('GET', path)).json.items))

  test.each(cases.map(each => [each.name, each] as const))('%s', async (_, { code, reason, message, ...given }) => {
    const before = await contents()
    const { method = 'POST', path = maps, body, headers = {} } = given
    const answer = await api.ask(method, path, { ...(body === undefined ? {} : { body }), headers })
    expect(answer.json).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code })
    expect(answer.json.reason).toBe(reason)
    if (message instanceof RegExp) expect(answer.json.message).toMatch(message)
    else expect(answer.json.message).toBe(message)
    expect(answer.status).toBe(code)
    expect(await contents()).toEqual(before)
  })

  test('unknown and duplicate fields are warned about, and left out', async () => {
    const body = '{"metadata":{"name":"warned"},"dota":{},"data":{"a":"1"},"data":{"a":"2"}}'
    const answer = await api.ask('POST', maps, { body })
    expect(answer.status).toBe(201)
    expect(answer.headers.warning).toBe('299 - "unknown field \\"dota\\"", 299 - "duplicate field \\"data\\""')
    expect(answer.json).toMatchObject({ data: { a: '2' } })
    expect(answer.json).not.toHaveProperty('dota')
    const ignored = await api.ask('POST', `${maps}?fieldValidation=Ignore`, {
      body: { metadata: { name: 'ignored' }, dota: {} },
    })
    expect(ignored.headers.warning).toBeUndefined()
  })

  test('what objects of JavaScript have and the server does not is not found', async () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      expect((await api.ask(name, '/api/v1/namespaces/default/configmaps')).status).toBe(405)
      expect((await api.ask('GET', `/api/v1/namespaces/default/pods/a/${name}`)).status).toBe(404)
      expect((await api.ask('GET', `/api/v1/namespaces/default/pods?fieldSelector=${name}=a`)).status).toBe(400)
    }
    expect((await api.ask('GET', '/livez')).text).toBe('ok')
  })

  test('other paths are not found, or not readable, and nothing of the inside is shown', async () => {
    const unknown = await api.ask('GET', '/nothing/here')
    expect(unknown.status).toBe(404)
    expect(unknown.text).toBe('404 page not found\n')
    const unreadable = await api.ask('GET', '/healthz/%zz')
    expect(unreadable.json).toMatchObject({ kind: 'Status', code: 400, reason: 'BadRequest' })
    expect(unreadable.text).not.toContain('node_modules')
  })

  test('every answer has an id, the given one or a new one', async () => {
    expect((await api.ask('GET', maps)).headers['audit-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect((await api.ask('GET', maps, { headers: { 'audit-id': 'mine' } })).headers['audit-id']).toBe('mine')
  })
})
