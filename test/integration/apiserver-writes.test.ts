// What writes may say and how they are answered: names, owners, options, deletions, as by upstream's API server.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'

const describe = await describeWithEtcd()
const maps = '/api/v1/namespaces/default/configmaps'
const pods = '/api/v1/namespaces/default/pods'
const owner = (uid: string, name = 'o') => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid })
const dedups = (when: string, ...uids: string[]) =>
  `299 - ".metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${uids.join(', ')}"`

describe('writes', () => {
  let api: TestApiServer
  beforeAll(async () => {
    api = await startApiServer()
    await api.ask('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'default' } } })
  })
  afterAll(() => api.stop())

  const make = async (name: string, metadata: object = {}) =>
    (await api.ask('POST', maps, { body: { metadata: { name, ...metadata }, data: { a: '1' } } })).json
  const patch = (type: string, path: string, body: unknown) =>
    api.ask('PATCH', path, { body, headers: { 'content-type': `application/${type}+json` } })

  test('the server owns what it makes unasked', async () => {
    const { json } = await api.ask('GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles/cluster-admin')
    expect(json.metadata.managedFields).toMatchObject([{ manager: 'kube-apiserver', operation: 'Update' }])
    expect(Object.keys(json.metadata.managedFields[0].fieldsV1)).toEqual(['f:metadata', 'f:rules'])
  })

  test('a patch changes neither name nor namespace nor uid', async () => {
    await make('named')
    const path = `${maps}/named`
    const name = await patch('merge-patch', path, { metadata: { name: 'other' } })
    expect([name.status, name.json.message]).toEqual([
      400,
      'the name of the object (other) does not match the name on the URL (named)',
    ])
    const namespace = await patch('merge-patch', path, { metadata: { namespace: 'other' } })
    expect([namespace.status, namespace.json.message]).toEqual([
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ])
    const uid = await patch('merge-patch', path, { metadata: { uid: 'other' } })
    expect([uid.status, uid.json.message]).toEqual([
      422,
      'ConfigMap "named" is invalid: metadata.uid: Invalid value: "other": field is immutable',
    ])
  })

  test('the namespace of what has none is ignored', async () => {
    const body = { metadata: { name: 'roomy', namespace: 'x' } }
    const { status, json } = await api.ask('POST', '/api/v1/namespaces', { body })
    expect([status, json.metadata.namespace]).toEqual([201, undefined])
  })

  test('an owner named twice counts once, and the client is told', async () => {
    const ownerReferences = [owner('u'), owner('u'), owner('u', 'other'), owner('u')]
    const body = { metadata: { name: 'owned', ownerReferences } }
    const created = await api.ask('POST', `${maps}?dryRun=All`, {
      body: { metadata: { name: 'owned', ownerReferences: ownerReferences.slice(0, 2) } },
    })
    expect(created.headers.warning).toBe(dedups('', 'u'))
    expect(created.json.metadata.ownerReferences).toEqual([owner('u')])
    await make('owned')
    const updated = await api.ask('PUT', `${maps}/owned?dryRun=All`, {
      body: { ...body, metadata: { name: 'owned', ownerReferences: [owner('u'), owner('u')] } },
    })
    expect(updated.headers.warning).toBe(dedups('', 'u'))
    const patched = await patch('merge-patch', `${maps}/owned?dryRun=All`, {
      metadata: { ownerReferences: [owner('u'), owner('u')] },
    })
    expect(patched.headers.warning).toBe(dedups(' after mutating admission happens', 'u'))
    expect(patched.json.metadata.ownerReferences).toEqual([owner('u')])
  })

  test('a JSON patch is read strictly too', async () => {
    await make('strict')
    const text = '[{"op":"add","path":"/data/b","value":"2","why":"x","op":"add"}]'
    const warned = await patch('json-patch', `${maps}/strict`, text)
    expect(warned.json.data).toEqual({ a: '1', b: '2' })
    expect(warned.headers.warning).toBe(
      '299 - "json patch unknown field \\"[0].why\\"", 299 - "json patch duplicate field \\"[0].op\\""',
    )
    const refused = await patch('json-patch', `${maps}/strict?fieldValidation=Strict`, text)
    expect(refused.status).toBe(422)
    expect(refused.json.message).toMatch(
      /^ "" is invalid: patch: Invalid value: ".*": strict decoding error: json patch unknown field "\[0\].why", json patch duplicate field "\[0\].op"$/,
    )
  })

  test('a deletion’s preconditions are told of the kind', async () => {
    const { metadata } = await make('precious')
    const wrong = await api.ask('DELETE', `${maps}/precious`, { body: { preconditions: { uid: 'x' } } })
    expect([wrong.status, wrong.json.message]).toEqual([
      409,
      `Operation cannot be fulfilled on ConfigMap "precious": the UID in the precondition (x) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    ])
  })

  test('a pod that has no time left goes with the next deletion', async () => {
    const body = {
      metadata: { name: 'slow', finalizers: ['example.com/wait'] },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    }
    expect((await api.ask('POST', pods, { body })).status).toBe(201)
    const first = await api.ask('DELETE', `${pods}/slow?gracePeriodSeconds=0`)
    expect(first.json.metadata).toMatchObject({ deletionGracePeriodSeconds: 0 })
    const again = await api.ask('DELETE', `${pods}/slow`)
    expect([again.status, again.json]).toEqual([200, first.json])
    await patch('merge-patch', `${pods}/slow`, { metadata: { finalizers: null } })
    expect((await api.ask('GET', `${pods}/slow`)).status).toBe(404)
  })

  test('PUT creates where the kind allows it, and owns what it makes', async () => {
    const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles'
    const put = await api.ask('PUT', `${roles}/made?fieldManager=me`, {
      body: { metadata: { name: 'made' }, rules: [] },
    })
    expect(put.status).toBe(201)
    expect((await api.ask('PUT', `${maps}/none`, { body: { metadata: { name: 'none' } } })).status).toBe(404)
  })

  test('a deleted collection is what its answer says', async () => {
    for (const name of ['c1', 'c2']) await make(name, { labels: { set: 'c' } })
    const dry = await api.ask('DELETE', `${maps}?labelSelector=set%3Dc&dryRun=All`)
    expect(dry.json.items).toHaveLength(2)
    expect((await api.ask('GET', `${maps}?labelSelector=set%3Dc`)).json.items).toHaveLength(2)
    const { json } = await api.ask('DELETE', `${maps}?labelSelector=set%3Dc`)
    expect(json.kind).toBe('ConfigMapList')
    expect((await api.ask('GET', `${maps}?labelSelector=set%3Dc`)).json.items).toEqual([])
  })

  test('a generated name is tried again when it is taken, and its owner told of it', async () => {
    const { json } = await api.ask('POST', maps, { body: { metadata: { generateName: `${'g'.repeat(62)}-` } } })
    expect(json.metadata.name).toMatch(/^g{58}[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(json.metadata.managedFields[0].fieldsV1).toEqual({ 'f:metadata': { 'f:generateName': {} } })
  })

  /** To Go a struct is always there, and the text of bytes that are null is empty. */
  test.each([
    [
      'a job without a template',
      '/apis/batch/v1/namespaces/default/jobs',
      { spec: {} },
      422,
      'spec.template.spec.restartPolicy: Required value',
    ],
    ['an event about nothing', '/api/v1/namespaces/default/events', {}, 201, undefined],
    [
      'a request without a spec',
      '/apis/certificates.k8s.io/v1/certificatesigningrequests',
      {},
      422,
      'spec.request: Invalid value',
    ],
    [
      'a device request without a name',
      '/apis/resource.k8s.io/v1/namespaces/default/resourceclaims',
      { spec: { devices: { requests: [{ exactly: { deviceClassName: 'gpu.example.com' } }] } } },
      422,
      'spec.devices.requests[0].name: Invalid value: "": a lowercase RFC 1123 label',
    ],
    ['a node without drivers', '/apis/storage.k8s.io/v1/csinodes', {}, 201, undefined],
    [
      'a review of nothing',
      '/apis/authentication.k8s.io/v1/tokenreviews',
      {},
      400,
      'token is required for TokenReview in authentication',
    ],
    [
      'an autoscaler of nothing',
      '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers',
      {},
      422,
      'spec.maxReplicas',
    ],
    ['a secret of null', '/api/v1/namespaces/default/secrets', { data: { a: null } }, 201, undefined],
    [
      'an owner without a version',
      maps,
      { metadata: { ownerReferences: [{ kind: 'A', name: 'a', uid: 'a' }] } },
      422,
      'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
    ],
  ])(
    "%s is the client's affair",
    async (what, path, { metadata, ...fields }: Record<string, unknown>, status, text) => {
      const name = what.replaceAll(' ', '-')
      const { status: found, json } = await api.ask('POST', path, {
        body: { ...fields, metadata: { ...(metadata ?? {}), name } },
      })
      expect([found, json.message]).toEqual([status, text === undefined ? undefined : expect.stringContaining(text)])
      if (fields.data) expect(json.data).toEqual({ a: '' })
      if (status !== 201) return
      expect((await patch('merge-patch', `${path}/${name}`, { metadata: { labels: { a: 'b' } } })).status).toBe(200)
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
      expect((await api.ask('GET', path, { headers: { accept } })).status).toBe(200)
    },
  )
})
