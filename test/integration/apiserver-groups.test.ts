// Kinds that are more than objects: certificate requests, which three offices change each in its own way; flow control,
// which is there from the start; API services, which follow what is served.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { eventually } from '../harness/eventually.ts'

let api: TestApiServer
beforeAll(async () => {
  api = await startApiServer()
})
afterAll(() => api?.stop())

const metadataOf = (answer: { json: { items: { metadata: { name: string } }[] } }) =>
  answer.json.items.map(({ metadata }) => metadata.name)

describe('certificate requests', () => {
  const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
  const merge = { 'content-type': 'application/merge-patch+json' }
  const patch = (name: string, view: string, status: object) =>
    api.ask('PATCH', `${path}/${name}/${view}`, { body: JSON.stringify({ status }), headers: merge })
  const approved = { type: 'Approved', status: 'True', reason: 'Test' }
  let request: string
  let certificate: string

  beforeAll(() => {
    const dir = mkdtempSync(join(tmpdir(), 'binnacle-csr-'))
    const [key, csr, crt] = ['key.pem', 'csr.pem', 'crt.pem'].map(file => join(dir, file)) as [string, string, string]
    const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key]
    execFileSync('openssl', ['req', '-new', ...ec, '-out', csr, '-subj', '/O=system:masters/CN=jane'], {
      stdio: 'ignore',
    })
    execFileSync('openssl', ['req', '-x509', '-in', csr, '-key', key, '-out', crt], { stdio: 'ignore' })
    request = readFileSync(csr).toString('base64')
    certificate = readFileSync(crt).toString('base64')
    rmSync(dir, { recursive: true })
  })

  const csr = (name: string, spec: object = {}) => ({
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: { request, signerName: 'example.com/mine', usages: ['client auth'], ...spec },
  })

  test('who asks is written down, and nobody asks approved already', async () => {
    const body = { ...csr('asked', { username: 'mallory' }), status: { conditions: [approved] } }
    const { status, json } = await api.ask('POST', path, { body })
    expect([status, json.spec.username, json.spec.groups]).toEqual([
      201,
      'kubernetes-super-admin',
      ['system:masters', 'system:authenticated'],
    ])
    expect(json.status).toEqual({})
  })

  test('an update of the object changes neither request nor status', async () => {
    const { json } = await api.ask('POST', path, { body: csr('kept') })
    const body = { ...json, spec: { ...json.spec, username: 'mallory' }, status: { conditions: [approved] } }
    body.metadata.labels = { a: 'b' }
    const updated = await api.ask('PUT', `${path}/kept`, { body })
    expect([updated.status, updated.json.metadata.labels]).toEqual([200, { a: 'b' }])
    expect([updated.json.spec, updated.json.status]).toEqual([json.spec, {}])
  })

  test('approval says when; signing comes by the other way, and only once', async () => {
    await api.ask('POST', path, { body: csr('way') })
    const early = await patch('way', 'status', { conditions: [approved] })
    expect([early.status, early.json.message]).toEqual([
      422,
      expect.stringContaining('status.conditions: Forbidden: updates may not add a condition of type "Approved"'),
    ])
    const now = await patch('way', 'approval', { conditions: [approved], certificate })
    expect(now.json.status).toEqual({
      conditions: [{ ...approved, lastUpdateTime: expect.any(String), lastTransitionTime: expect.any(String) }],
    })
    expect((await patch('way', 'status', { certificate })).json.status.certificate).toBe(certificate)
    const again = await patch('way', 'status', { certificate: Buffer.from('hello').toString('base64') })
    expect(again.json.details.causes.map((cause: { message: string }) => cause.message)).toContain(
      'Forbidden: updates may not modify existing certificate content',
    )
  })

  test('each office asks for its own right', async () => {
    await api.ask('POST', path, { body: csr('guarded') })
    const rbac = '/apis/rbac.authorization.k8s.io/v1'
    const metadata = { name: 'csr-writers' }
    const rules = [
      {
        apiGroups: ['certificates.k8s.io'],
        resources: ['certificatesigningrequests/approval', 'certificatesigningrequests/status'],
        verbs: ['patch'],
      },
      { apiGroups: ['certificates.k8s.io'], resources: ['signers'], resourceNames: ['example.com/*'], verbs: ['sign'] },
    ]
    await api.ask('POST', `${rbac}/clusterroles`, { body: { metadata, rules } })
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'csr-writers' }
    const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' }]
    await api.ask('POST', `${rbac}/clusterrolebindings`, { body: { metadata, roleRef, subjects } })
    const user = await api.userCert('jane')
    const as = (view: string, status: object) =>
      api.ask('PATCH', `${path}/guarded/${view}`, { user, body: JSON.stringify({ status }), headers: merge })
    await eventually(async () => {
      const { status, json } = await as('approval', { conditions: [approved] })
      return (
        status === 403 &&
        json.message.includes('user not permitted to approve requests with signerName "example.com/mine"')
      )
    })
    expect((await as('status', { certificate })).status).toBe(200)
  })

  test('nobody asks to be a master', async () => {
    const body = csr('master', { signerName: 'kubernetes.io/kube-apiserver-client' })
    const { status, json } = await api.ask('POST', path, { body })
    expect([status, json.message]).toEqual([
      403,
      'certificatesigningrequests.certificates.k8s.io "master" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    ])
  })
})

describe('flow control', () => {
  const path = '/apis/flowcontrol.apiserver.k8s.io/v1'

  test('the mandatory and the suggested objects are there, and nothing dangles', async () => {
    expect(metadataOf(await api.ask('GET', `${path}/prioritylevelconfigurations`))).toEqual([
      'catch-all',
      'exempt',
      'global-default',
      'leader-election',
      'node-high',
      'system',
      'workload-high',
      'workload-low',
    ])
    await eventually(async () => {
      const { json } = await api.ask('GET', `${path}/flowschemas`)
      const dangling = json.items.map(
        ({ status }: { status: { conditions?: { type: string; status: string }[] } }) => status.conditions?.[0]?.status,
      )
      return dangling.length === 13 && dangling.every((status: string) => status === 'False')
    })
  })

  test('a schema for a level that is not there dangles until it is', async () => {
    const metadata = { name: 'mine' }
    const spec = { priorityLevelConfiguration: { name: 'mine' } }
    await api.ask('POST', `${path}/flowschemas`, { body: { metadata, spec } })
    const dangles = async (expected: string) =>
      eventually(async () => {
        const { json } = await api.ask('GET', `${path}/flowschemas/mine`)
        return json.status.conditions?.[0]?.status === expected
      })
    await dangles('True')
    const level = { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } }
    await api.ask('POST', `${path}/prioritylevelconfigurations`, { body: { metadata, spec: level } })
    await dangles('False')
  })

  test('what is mandatory stays as it is', async () => {
    const { json } = await api.ask('GET', `${path}/prioritylevelconfigurations/catch-all`)
    json.spec.limited.nominalConcurrencyShares = 6
    const { status, json: answer } = await api.ask('PUT', `${path}/prioritylevelconfigurations/catch-all`, {
      body: json,
    })
    expect([status, answer.message]).toEqual([
      422,
      expect.stringContaining("spec of 'catch-all' must equal the fixed value"),
    ])
  })
})

describe('API services', () => {
  const path = '/apis/apiregistration.k8s.io/v1/apiservices'

  test('what the server has itself is local and available', async () => {
    const { json } = await api.ask('GET', `${path}/v1.apps`)
    expect(json.spec).toEqual({ group: 'apps', version: 'v1', groupPriorityMinimum: 17800, versionPriority: 15 })
    expect(json.status.conditions).toEqual([
      {
        type: 'Available',
        status: 'True',
        reason: 'Local',
        message: 'Local APIServices are always available',
        lastTransitionTime: expect.any(String),
      },
    ])
    expect(metadataOf(await api.ask('GET', path))).toEqual(
      expect.arrayContaining(['v1.', 'v1.batch', 'v1.storage.k8s.io']),
    )
  })

  test('one comes and goes with the version of a definition', async () => {
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    const schema = { openAPIV3Schema: { type: 'object' } }
    const version = (name: string, storage: boolean) => ({ name, storage, served: true, schema })
    const body = {
      metadata: { name: 'sails.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Cluster',
        names: { plural: 'sails', kind: 'Sail' },
        versions: [version('v1', true), version('v2', false)],
      },
    }
    const created = await api.ask('POST', definitions, { body })
    expect(created.status).toBe(201)
    const statusOf = async (name: string) => (await api.ask('GET', `${path}/${name}`)).status
    const are = (v1: number, v2: number) =>
      eventually(async () => (await statusOf('v1.example.com')) === v1 && (await statusOf('v2.example.com')) === v2)
    await are(200, 200)
    await api.ask('DELETE', `${path}/v1.example.com`)
    await are(200, 200)
    const patch = JSON.stringify([{ op: 'replace', path: '/spec/versions/1/served', value: false }])
    const headers = { 'content-type': 'application/json-patch+json' }
    await api.ask('PATCH', `${definitions}/sails.example.com`, { body: patch, headers })
    await are(200, 404)
    await api.ask('DELETE', `${definitions}/sails.example.com`)
    await are(404, 404)
  })

  test('somebody else’s stays as it is', async () => {
    const spec = { group: 'example.org', version: 'v1', groupPriorityMinimum: 100, versionPriority: 10 }
    const service = { name: 'api', namespace: 'default' }
    const body = { metadata: { name: 'v1.example.org' }, spec: { ...spec, service, insecureSkipTLSVerify: true } }
    const { status, json } = await api.ask('POST', path, { body })
    expect([status, json.spec.service, json.status]).toEqual([201, { ...service, port: 443 }, {}])
  })
})
