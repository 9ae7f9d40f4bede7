// Objects are created, read, listed, changed and deleted as by upstream's API server.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'

const describe = await describeWithEtcd()
const maps = '/api/v1/namespaces/default/configmaps'
const deployments = '/apis/apps/v1/namespaces/default/deployments'

const deployment = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
  },
})

describe('objects', () => {
  let api: TestApiServer
  beforeAll(async () => {
    api = await startApiServer()
    await api.ask('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'default' } } })
  })
  afterAll(() => api.stop())

  const make = async (name: string, more = {}) => {
    const answer = await api.ask('POST', maps, { body: { metadata: { name, ...more }, data: { a: '1' } } })
    expect(answer.status).toBe(201)
    return answer.json
  }

  describe('create', () => {
    test('answers the stored object, with what the server sets', async () => {
      const created = await make('created')
      expect(created).toMatchObject({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'created', namespace: 'default' },
        data: { a: '1' },
      })
      expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/)
      expect(created.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      expect((await api.ask('GET', `${maps}/created`)).json).toEqual(created)
    })

    test('takes nothing of the server from the client', async () => {
      const forged = { uid: 'x', creationTimestamp: '2001-01-01T00:00:00Z', generation: 9, deletionTimestamp: null }
      const { metadata } = await make('forged', forged)
      expect(metadata.uid).not.toBe('x')
      expect(metadata.creationTimestamp).not.toContain('2001')
      expect(metadata.generation).toBeUndefined()
    })

    test('makes up names', async () => {
      const names = new Set<string>()
      for (let i = 0; i < 3; i++) {
        const { json } = await api.ask('POST', maps, { body: { metadata: { generateName: 'gen-' } } })
        expect(json.metadata.name).toMatch(/^gen-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
        names.add(json.metadata.name)
      }
      expect(names.size).toBe(3)
    })

    test('a dry run says what would be, and stores nothing', async () => {
      const dry = await api.ask('POST', `${maps}?dryRun=All`, { body: { metadata: { name: 'dry' } } })
      expect(dry.status).toBe(201)
      expect(dry.json.metadata.uid).toBeTruthy()
      expect(dry.json.metadata.resourceVersion).toBeUndefined()
      expect((await api.ask('GET', `${maps}/dry`)).status).toBe(404)
    })

    test('takes YAML and answers it', async () => {
      const answer = await api.ask('POST', maps, {
        body: 'metadata:\n  name: yaml\ndata:\n  mode: "0644"\n',
        headers: { 'content-type': 'application/yaml', accept: 'application/yaml' },
      })
      expect(answer.status).toBe(201)
      expect(answer.headers['content-type']).toBe('application/yaml')
      expect(answer.text).toContain('mode: "0644"')
    })
  })

  describe('list', () => {
    const get = async (query: string) => (await api.ask('GET', `${maps}?${query.replaceAll(' ', '%20')}`)).json
    beforeAll(async () => {
      for (const [i, app] of ['web', 'web', 'db', 'db', 'db'].entries()) {
        await make(`list-${i}`, { labels: { app, list: 'yes' } })
      }
    })

    test('by labels and fields', async () => {
      const names = async (query: string) =>
        (await get(query)).items.map((item: { metadata: { name: string } }) => item.metadata.name)
      expect(await names('labelSelector=app=web')).toEqual(['list-0', 'list-1'])
      expect(await names('labelSelector=list,app!=web')).toEqual(['list-2', 'list-3', 'list-4'])
      expect(await names('labelSelector=app in (db)&fieldSelector=metadata.name!=list-3')).toEqual(['list-2', 'list-4'])
      expect(await names('fieldSelector=metadata.name=list-2')).toEqual(['list-2'])
      expect(await names('fieldSelector=metadata.name=none')).toEqual([])
    })

    test('in pages of one snapshot', async () => {
      const first = await get('limit=2')
      const total = (await get('')).items.length
      expect(first.items).toHaveLength(2)
      expect(first.metadata.remainingItemCount).toBe(total - 2)
      await make('aaa-in-between')
      const rest = await get(`limit=500&continue=${first.metadata.continue}`)
      expect(rest.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
      expect(rest.metadata.continue).toBeUndefined()
      expect(rest.items).toHaveLength(total - 2)
      expect((await get('')).items).toHaveLength(total + 1)
    })

    test('as it was', async () => {
      const before = await get('')
      await make('later')
      const { resourceVersion } = before.metadata
      expect(await get(`resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`)).toEqual(before)
      const notOlder = await get(`resourceVersion=${resourceVersion}&resourceVersionMatch=NotOlderThan`)
      expect(notOlder.items.length).toBe(before.items.length + 1)
    })

    test('not as it will be', async () => {
      const answer = await api.ask('GET', `${maps}?resourceVersion=99999999&resourceVersionMatch=NotOlderThan`)
      expect(answer.json).toMatchObject({
        code: 504,
        reason: 'Timeout',
        details: { causes: [{ reason: 'ResourceVersionTooLarge' }] },
      })
      expect(answer.json.message).toMatch(/^Timeout: Too large resource version: 99999999, current: \d+$/)
    })

    test('as a Table and as metadata', async () => {
      const table = await api.ask('GET', `${maps}?labelSelector=app=web`, {
        headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
      })
      expect(table.json).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' })
      expect(table.json.columnDefinitions[0]).toMatchObject({ name: 'Name', type: 'string', format: 'name' })
      expect(table.json.rows.map((row: { cells: string[] }) => row.cells[0])).toEqual(['list-0', 'list-1'])
      expect(table.json.rows[0].object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'list-0' } })
      const meta = await api.ask('GET', `${maps}?labelSelector=app=web`, {
        headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' },
      })
      expect(meta.json.kind).toBe('PartialObjectMetadataList')
      expect(meta.json.items[0]).not.toHaveProperty('data')
    })

    test('large answers are compressed for those who take it', async () => {
      await api.ask('POST', maps, { body: { metadata: { name: 'large' }, data: { a: 'x'.repeat(200_000) } } })
      const answer = await api.ask('GET', `${maps}/large`, { headers: { 'accept-encoding': 'gzip' } })
      expect(answer.headers['content-encoding']).toBe('gzip')
      expect(answer.text.length).toBeLessThan(10_000)
    })
  })

  describe('update', () => {
    test('needs the version that is there, or none', async () => {
      const object = await make('updated')
      const change = { ...object, data: { a: '2' } }
      const updated = await api.ask('PUT', `${maps}/updated`, { body: change })
      expect(updated.status).toBe(200)
      expect(updated.json.data).toEqual({ a: '2' })
      expect(updated.json.metadata.uid).toBe(object.metadata.uid)
      const stale = await api.ask('PUT', `${maps}/updated`, { body: change })
      expect(stale.json).toMatchObject({
        code: 409,
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on configmaps "updated": the object has been modified; please apply your changes to the latest version and try again',
      })
      const { resourceVersion: _, ...metadata } = change.metadata
      const unconditional = await api.ask('PUT', `${maps}/updated`, { body: { ...change, metadata, data: { a: '3' } } })
      expect(unconditional.json.data).toEqual({ a: '3' })
    })

    test('of an object that was made anew is refused', async () => {
      const object = await make('anew')
      const { resourceVersion: _, ...metadata } = object.metadata
      const answer = await api.ask('PUT', `${maps}/anew`, {
        body: { ...object, metadata: { ...metadata, uid: 'another' } },
      })
      expect(answer.status).toBe(409)
      expect(answer.json.message).toContain('Precondition failed: UID in precondition: another, UID in object meta: ')
    })

    test('that changes nothing writes nothing', async () => {
      const object = await make('same')
      const answer = await api.ask('PUT', `${maps}/same`, { body: object })
      expect(answer.json.metadata.resourceVersion).toBe(object.metadata.resourceVersion)
    })

    test('of the spec counts generations, of the status does not, and each leaves the other alone', async () => {
      const created = (await api.ask('POST', deployments, { body: deployment('gen') })).json
      expect(created.metadata.generation).toBe(1)
      const changed = { ...created, spec: { ...created.spec, replicas: 4 }, status: { replicas: 9 } }
      const updated = (await api.ask('PUT', `${deployments}/gen`, { body: changed })).json
      expect(updated).toMatchObject({ metadata: { generation: 2 } })
      expect(updated.status?.replicas).toBeUndefined()
      const status = {
        ...updated,
        spec: { ...updated.spec, replicas: 7 },
        status: { replicas: 3, observedGeneration: 2 },
      }
      const after = (await api.ask('PUT', `${deployments}/gen/status`, { body: status })).json
      expect(after.status).toMatchObject({ replicas: 3 })
      expect(after.spec.replicas).toBe(4)
      expect(after.metadata.generation).toBe(2)
    })

    test('creates a lease, which a client may name first', async () => {
      const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases/mine'
      const body = { metadata: { name: 'mine' }, spec: { holderIdentity: 'me', leaseDurationSeconds: 15 } }
      const created = await api.ask('PUT', path, { body })
      expect(created.status).toBe(201)
      expect((await api.ask('PUT', path, { body: created.json })).status).toBe(200)
      const unconditional = await api.ask('PUT', path, { body })
      expect(unconditional.json.message).toBe(
        'leases.coordination.k8s.io "mine" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
      )
      expect((await api.ask('PUT', `${maps}/none`, { body: { metadata: { name: 'none' } } })).status).toBe(404)
    })
  })

  describe('patch', () => {
    const patch = (name: string, type: string, body: unknown, query = '') =>
      api.ask('PATCH', `${maps}/${name}${query}`, { body, headers: { 'content-type': `application/${type}+json` } })

    test('by operations, by merging, and by the kind’s own rules', async () => {
      await make('patched')
      const json = await patch('patched', 'json-patch', [{ op: 'replace', path: '/data/a', value: '2' }])
      expect(json.json.data).toEqual({ a: '2' })
      const merge = await patch('patched', 'merge-patch', { data: { a: null, b: '1' } })
      expect(merge.json.data).toEqual({ b: '1' })
      const strategic = await patch('patched', 'strategic-merge-patch', { metadata: { labels: { x: 'y' } } })
      expect(strategic.json.metadata.labels).toEqual({ x: 'y' })
      await api.ask('POST', deployments, { body: deployment('sidecar') })
      const added = await api.ask('PATCH', `${deployments}/sidecar`, {
        body: { spec: { template: { spec: { containers: [{ name: 'side', image: 'busybox' }] } } } },
        headers: { 'content-type': 'application/strategic-merge-patch+json' },
      })
      const names = added.json.spec.template.spec.containers.map(({ name }: { name: string }) => name)
      expect(names.sort()).toEqual(['side', 'web'])
    })

    test('two at once both count', async () => {
      await make('busy')
      const writers = Array.from({ length: 12 }, (_, i) => patch('busy', 'merge-patch', { data: { [`k${i}`]: '1' } }))
      expect((await Promise.all(writers)).map(({ status }) => status)).toEqual(Array(12).fill(200))
      const { data } = (await api.ask('GET', `${maps}/busy`)).json
      expect(Object.keys(data)).toHaveLength(13)
    })

    test('with a version is refused when that is stale', async () => {
      const { metadata } = await make('versioned')
      const { resourceVersion } = metadata
      expect(
        (await patch('versioned', 'merge-patch', { metadata: { resourceVersion }, data: { b: '1' } })).status,
      ).toBe(200)
      expect(
        (await patch('versioned', 'merge-patch', { metadata: { resourceVersion }, data: { b: '2' } })).status,
      ).toBe(409)
    })

    test('a dry run changes nothing', async () => {
      await make('dry-patched')
      const dry = await patch('dry-patched', 'merge-patch', { data: { a: '9' } }, '?dryRun=All')
      expect(dry.json.data).toEqual({ a: '9' })
      expect((await api.ask('GET', `${maps}/dry-patched`)).json.data).toEqual({ a: '1' })
    })
  })

  describe('delete', () => {
    test('answers a Status', async () => {
      const { metadata } = await make('deleted')
      const answer = await api.ask('DELETE', `${maps}/deleted`)
      expect(answer.json).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name: 'deleted', kind: 'configmaps', uid: metadata.uid },
      })
      const again = await api.ask('DELETE', `${maps}/deleted`)
      expect(again.json).toMatchObject({ code: 404, message: 'configmaps "deleted" not found' })
    })

    test('only what was meant', async () => {
      const { metadata } = await make('precious')
      const wrong = await api.ask('DELETE', `${maps}/precious`, { body: { preconditions: { uid: 'other' } } })
      expect(wrong.json).toMatchObject({ code: 409, reason: 'Conflict' })
      expect(wrong.json.message).toContain(`does not match the UID in record (${metadata.uid})`)
      const stale = await api.ask('DELETE', `${maps}/precious`, { body: { preconditions: { resourceVersion: '1' } } })
      expect(stale.status).toBe(409)
      const right = { preconditions: { uid: metadata.uid, resourceVersion: metadata.resourceVersion } }
      expect((await api.ask('DELETE', `${maps}/precious`, { body: right })).status).toBe(200)
    })

    test('waits for finalizers, and ends with the last of them', async () => {
      await make('held', { finalizers: ['example.com/hold'] })
      const answer = await api.ask('DELETE', `${maps}/held`)
      expect(answer.json.metadata).toMatchObject({ name: 'held', deletionGracePeriodSeconds: 0 })
      expect(answer.json.metadata.deletionTimestamp).toBeTruthy()
      const exists = await api.ask('POST', maps, { body: { metadata: { name: 'held' } } })
      expect(exists.json.message).toBe('object is being deleted: configmaps "held" already exists')
      const more = await api.ask('PATCH', `${maps}/held`, {
        body: { metadata: { finalizers: ['example.com/hold', 'example.com/more'] } },
        headers: { 'content-type': 'application/merge-patch+json' },
      })
      expect(more.json).toMatchObject({ code: 422, reason: 'Invalid' })
      const released = await api.ask('PATCH', `${maps}/held`, {
        body: { metadata: { finalizers: null } },
        headers: { 'content-type': 'application/merge-patch+json' },
      })
      expect(released.status).toBe(200)
      expect((await api.ask('GET', `${maps}/held`)).status).toBe(404)
    })

    test('a pod has its time', async () => {
      const pods = '/api/v1/namespaces/default/pods'
      const body = { metadata: { name: 'graceful' }, spec: { nodeName: 'n', containers: [{ name: 'a', image: 'b' }] } }
      expect((await api.ask('POST', pods, { body })).status).toBe(201)
      const first = await api.ask('DELETE', `${pods}/graceful`)
      expect(first.json.metadata).toMatchObject({ deletionGracePeriodSeconds: 30 })
      const shorter = await api.ask('DELETE', `${pods}/graceful?gracePeriodSeconds=5`)
      expect(shorter.json.metadata).toMatchObject({ deletionGracePeriodSeconds: 5 })
      const gone = await api.ask('DELETE', `${pods}/graceful`, { body: { gracePeriodSeconds: 0 } })
      expect(gone.json).toMatchObject({ kind: 'Pod', metadata: { name: 'graceful' } })
      expect((await api.ask('GET', `${pods}/graceful`)).status).toBe(404)
    })

    test('with its dependents first', async () => {
      await api.ask('POST', deployments, { body: deployment('owner') })
      const answer = await api.ask('DELETE', `${deployments}/owner?propagationPolicy=Foreground`)
      expect(answer.json.metadata.finalizers).toEqual(['foregroundDeletion'])
    })

    test('a collection by the name of one', async () => {
      await make('one-of-two')
      await make('two-of-two')
      const deleted = await api.ask('DELETE', `${maps}?fieldSelector=metadata.name=one-of-two`)
      expect(deleted.status).toBe(200)
      expect((await api.ask('GET', `${maps}/one-of-two`)).status).toBe(404)
      expect((await api.ask('GET', `${maps}/two-of-two`)).status).toBe(200)
    })

    test('a collection by its labels', async () => {
      for (const i of [1, 2, 3]) await make(`many-${i}`, { labels: { many: i < 3 ? 'yes' : 'no' } })
      const answer = await api.ask('DELETE', `${maps}?labelSelector=many=yes`)
      expect(answer.json.items).toHaveLength(2)
      const left = (await api.ask('GET', `${maps}?labelSelector=many`)).json.items
      expect(left.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual(['many-3'])
    })

    test('a namespace waits for its finalizer', async () => {
      const namespaces = '/api/v1/namespaces'
      const made = await api.ask('POST', namespaces, { body: { metadata: { name: 'leaving' } } })
      expect(made.json.spec.finalizers).toEqual(['kubernetes'])
      const answer = await api.ask('DELETE', `${namespaces}/leaving`)
      expect(answer.json.status.phase).toBe('Terminating')
      const refused = await api.ask('POST', `${namespaces}/leaving/configmaps`, { body: { metadata: { name: 'a' } } })
      expect(refused.json).toMatchObject({ code: 403, reason: 'Forbidden' })
      const body = { ...answer.json, spec: { finalizers: [] } }
      expect((await api.ask('PUT', `${namespaces}/leaving/finalize`, { body })).status).toBe(200)
      expect((await api.ask('GET', `${namespaces}/leaving`)).status).toBe(404)
    })
  })

  test('scale is a view of the same object', async () => {
    await api.ask('POST', deployments, { body: deployment('scaled') })
    const scale = (await api.ask('GET', `${deployments}/scaled/scale`)).json
    expect(scale).toMatchObject({ apiVersion: 'autoscaling/v1', kind: 'Scale', spec: { replicas: 1 } })
    const put = await api.ask('PUT', `${deployments}/scaled/scale`, { body: { ...scale, spec: { replicas: 3 } } })
    expect(put.json).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } })
    const patched = await api.ask('PATCH', `${deployments}/scaled/scale`, {
      body: { spec: { replicas: 5 } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    expect(patched.json).toMatchObject({ kind: 'Scale', spec: { replicas: 5 } })
    expect((await api.ask('GET', `${deployments}/scaled`)).json.spec.replicas).toBe(5)
    const stale = await api.ask('PUT', `${deployments}/scaled/scale`, { body: scale })
    expect(stale.status).toBe(409)
  })
})
