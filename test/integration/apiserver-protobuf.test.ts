// Protobuf bodies, as kubectl's typed commands send them: the bytes below are kubectl 1.32's own. What is stored must be
// what the same object in JSON would have been.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'

const sent = {
  /** kubectl create deployment web --image=nginx --replicas=0 --port=80 */
  deployment:
    'azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50Er8BCiYKA3dlYhIAGgdkZWZhdWx0IgAqADIAOABCAFoKCgNhcHASA3dlYhKGAQgAEgwKCgoDYXBwEgN3ZWIabAocCgASABoAIgAqADIAOABCAFoKCgNhcHASA3dlYhJMEi4KBW5naW54EgVuZ2lueCoAMgoKABAAGFAiACoAQgBqAHIAgAEAiAEAkAEAogEAGgAyAEIASgBSAFgAYABoAIIBAIoBAJoBAMIBACICCgAoADgAGgwIABAAGAAgACgAOAAaACIA',
  /** kubectl create rolebinding rb --role=r --user=jane --serviceaccount=default:sa */
  roleBinding:
    'azhzAAorChxyYmFjLmF1dGhvcml6YXRpb24uazhzLmlvL3YxEgtSb2xlQmluZGluZxKNAQoZCgJyYhIAGgdkZWZhdWx0IgAqADIAOABCABIpCgRVc2VyEhlyYmFjLmF1dGhvcml6YXRpb24uazhzLmlvGgRqYW5lIgASHwoOU2VydmljZUFjY291bnQSABoCc2EiB2RlZmF1bHQaJAoZcmJhYy5hdXRob3JpemF0aW9uLms4cy5pbxIEUm9sZRoBchoAIgA=',
  /** kubectl create secret generic s --from-literal=p=q */
  secret: 'azhzAAoMCgJ2MRIGU2VjcmV0EiQKGAoBcxIAGgdkZWZhdWx0IgAqADIAOABCABIGCgFwEgFxGgAaACIA',
  /** kubectl create quota q --hard=cpu=1500m */
  quota: 'azhzAAoTCgJ2MRINUmVzb3VyY2VRdW90YRIuChgKAXESABoHZGVmYXVsdCIAKgAyADgAQgASEAoOCgNjcHUSBwoFMTUwMG0aABoAIgA=',
}

const inJson = {
  deployment: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'web' } },
      strategy: {},
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'nginx', image: 'nginx', ports: [{ containerPort: 80 }], resources: {} }] },
      },
    },
  },
  roleBinding: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'rb' },
    subjects: [
      { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' },
      { kind: 'ServiceAccount', name: 'sa', namespace: 'default' },
    ],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
  },
  secret: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { p: 'cQ==' } },
  quota: {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q' },
    spec: { hard: { cpu: '1500m' } },
    status: {},
  },
}

const paths = {
  deployment: '/apis/apps/v1/namespaces/default/deployments',
  roleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings',
  secret: '/api/v1/namespaces/default/secrets',
  quota: '/api/v1/namespaces/default/resourcequotas',
}

const headers = {
  'content-type': 'application/vnd.kubernetes.protobuf',
  accept: 'application/vnd.kubernetes.protobuf,application/json',
}

let api: TestApiServer

beforeAll(async () => {
  api = await startApiServer()
})

afterAll(() => api?.stop())

const bytesOf = (kind: keyof typeof sent) => Buffer.from(sent[kind], 'base64')

/** What the server itself sets differs from one object to the next. */
function given(object: { metadata: Record<string, unknown> }): unknown {
  const { uid, resourceVersion, creationTimestamp, managedFields, ...metadata } = object.metadata
  return { ...object, metadata }
}

describe.each(Object.keys(sent) as (keyof typeof sent)[])('a %s', kind => {
  test('is stored as the same object in JSON would be, and answered in JSON', async () => {
    const path = `${paths[kind]}?fieldValidation=Strict`
    const byProtobuf = await api.ask('POST', path, { headers, body: bytesOf(kind) })
    expect(byProtobuf).toMatchObject({ status: 201, headers: { 'content-type': 'application/json' } })
    const { name } = byProtobuf.json.metadata
    const stored = await api.ask('GET', `${paths[kind]}/${name}`)
    expect(stored.json).toEqual(byProtobuf.json)
    await api.ask('DELETE', `${paths[kind]}/${name}`)

    const byJson = await api.ask('POST', path, { body: inJson[kind] })
    expect(byJson.status).toBe(201)
    expect(given(byProtobuf.json)).toEqual(given(byJson.json))
    await api.ask('DELETE', `${paths[kind]}/${name}`)
  })
})

test('an update and delete options are taken too', async () => {
  await api.ask('POST', paths.secret, { body: { ...inJson.secret, data: { old: 'cQ==' } } })
  const updated = await api.ask('PUT', `${paths.secret}/s`, { headers, body: bytesOf('secret') })
  expect(updated).toMatchObject({ status: 200, json: { data: { p: 'cQ==' } } })
  expect(updated.json.data).not.toHaveProperty('old')

  const withUid = (uid: string) => deleteOptions(uid)
  const refused = await api.ask('DELETE', `${paths.secret}/s`, { headers, body: withUid('another') })
  expect(refused).toMatchObject({ status: 409, json: { reason: 'Conflict' } })
  const deleted = await api.ask('DELETE', `${paths.secret}/s`, { headers, body: withUid(updated.json.metadata.uid) })
  expect(deleted.status).toBe(200)
})

/** DeleteOptions of v1 with a precondition, field 2, on the uid, its field 1. */
function deleteOptions(uid: string): Buffer {
  const field = (number: number, value: Buffer) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value])
  const text = (number: number, value: string) => field(number, Buffer.from(value))
  const type = Buffer.concat([text(1, 'v1'), text(2, 'DeleteOptions')])
  const options = field(2, text(1, uid))
  return Buffer.concat([Buffer.from('k8s\0'), field(1, type), field(2, options)])
}

describe('what cannot be read is a bad request', () => {
  const secret = bytesOf('secret')
  const spoilt = (at: number, byte: number) => Buffer.from(secret).fill(byte, at, at + 1)
  test.each([
    ['no magic bytes', secret.subarray(4), 'provided data does not appear to be a protobuf message'],
    ['an empty body', Buffer.alloc(0), 'the object provided is unrecognized (must be of type Secret)'],
    ['a truncated envelope', secret.subarray(0, -5), 'unexpected EOF'],
    [
      'a length beyond the end',
      spoilt(21, 0x7f),
      'Secret in version "v1" cannot be handled as a Secret: unexpected EOF',
    ],
    ['a wrong wire type', spoilt(20, 0x08), 'cannot be handled as a Secret: proto: '],
    ['another kind', bytesOf('quota'), 'ResourceQuota in version "v1" cannot be handled as a Secret'],
  ])('%s', async (_, body, message) => {
    const answer = await api.ask('POST', paths.secret, { headers, body })
    expect(answer).toMatchObject({ status: 400, json: { kind: 'Status', reason: 'BadRequest' } })
    expect(answer.json.message).toContain(message)
  })

  test('every truncation of a body, and none brings the server down', async () => {
    const whole = bytesOf('deployment')
    const statuses = new Set<number>()
    for (let length = 0; length < whole.length; length += 7) {
      statuses.add((await api.ask('POST', paths.deployment, { headers, body: whole.subarray(0, length) })).status)
    }
    expect([...statuses]).toEqual([400])
    expect((await api.ask('GET', '/readyz')).status).toBe(200)
  })
})
