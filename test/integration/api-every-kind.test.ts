// Every resource that is served, walked from its creation to its end: each verb that discovery names for it is used, and
// each must do what it says.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type ResourceDefinition, resourcePath } from '../../lib/api/resource.ts'
import { builtinKinds } from '../../lib/kinds/index.ts'
import { type AskOptions, startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'
import { samples } from '../harness/every-kind.ts'
import { openWatch, type Watching } from '../harness/watch.ts'

const describe = await describeWithEtcd()
const namespace = 'walk'

/** Nobody writes these: they are asked, and answered. */
const isStored = (def: ResourceDefinition) => !def.verbs || def.verbs.includes('watch')
const stored = builtinKinds.filter(isStored)
const nameOf = ({ group, version, plural }: ResourceDefinition) => `${group || 'core'}/${version} ${plural}`

interface Walked {
  def: ResourceDefinition
  collection: string
  /** A complete object to create; the suffix is a letter, so that one walk may hold several. */
  make(suffix: string): { apiVersion: string; kind: string; metadata: Record<string, unknown> }
}

function walked(def: ResourceDefinition): Walked {
  const sample = samples[`${def.group}/${def.plural}`]
  if (!sample) throw new Error(`test/harness/every-kind.ts has no sample of ${nameOf(def)}`)
  return {
    def,
    collection: resourcePath(def, { namespace }),
    make(suffix) {
      const id = `${suffix}-walked`
      const name = sample.name?.(id) ?? id
      return {
        ...sampleFields(def),
        ...structuredClone(sample.withName?.(name) ?? {}),
        apiVersion: def.group ? `${def.group}/${def.version}` : def.version,
        kind: def.kind,
        metadata: { name, labels: { walk: suffix } },
      }
    },
  }
}

function sampleFields(def: ResourceDefinition): Record<string, unknown> {
  return structuredClone(samples[`${def.group}/${def.plural}`]?.object ?? {})
}

const mediaTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

describe('every resource', () => {
  let api: TestApiServer
  beforeAll(async () => {
    api = await startApiServer()
    await api.ask('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } })
    const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`
    await api.ask('POST', accounts, { body: { metadata: { name: 'default' } } })
  })
  afterAll(() => api.stop())

  /** The answer's JSON, if the status is the expected one; else the test fails with what was answered. */
  const ask = async (status: number, method: string, path: string, options?: AskOptions) => {
    const answer = await api.ask(method, path, options)
    if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer.json
  }
  const patch = (path: string, type: keyof typeof mediaTypes, body: unknown, status = 200) =>
    ask(status, 'PATCH', path, { body, headers: { 'content-type': mediaTypes[type] } })

  test('is known to discovery, and has a sample', async () => {
    const headers = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' }
    const served: string[] = []
    for (const root of ['/api', '/apis']) {
      const { items } = await ask(200, 'GET', root, { headers })
      for (const { metadata, versions } of items)
        for (const { version, resources } of versions)
          for (const { resource, verbs } of resources)
            if (verbs.includes('watch')) served.push(`${metadata.name ?? 'core'}/${version} ${resource}`)
    }
    expect(served.sort()).toEqual(stored.map(nameOf).sort())
  })

  for (const def of stored) walk(walked(def))

  function walk({ def, collection, make }: Walked): void {
    describe(nameOf(def), () => {
      let events: Watching
      const path = (suffix: string) => `${collection}/${make(suffix).metadata.name as string}`
      const labels = async (suffix: string) => {
        const { 'kubernetes.io/metadata.name': _, ...own } = (await ask(200, 'GET', path(suffix))).metadata.labels
        return own
      }
      const ofWalk = `labelSelector=${encodeURIComponent('walk in (a,b,c,d)')}`
      const remove = async (suffix: string) => {
        await ask(200, 'DELETE', `${path(suffix)}?propagationPolicy=Background`)
        if (def.plural === 'namespaces') await finalize(suffix)
        await eventually(async () => (await api.ask('GET', path(suffix))).status === 404)
      }
      const finalize = async (suffix: string) => {
        const current = await ask(200, 'GET', path(suffix))
        expect(current.status.phase).toBe('Terminating')
        await ask(200, 'PUT', `${path(suffix)}/finalize`, { body: { ...current, spec: { finalizers: [] } } })
      }

      beforeAll(async () => {
        const { metadata } = await ask(200, 'GET', collection)
        events = await openWatch(api, `${collection}?watch=true&resourceVersion=${metadata.resourceVersion}&${ofWalk}`)
      })
      afterAll(() => events.stop())

      test('create tries without a trace, then stores what get, list and watch show', async () => {
        await ask(201, 'POST', `${collection}?dryRun=All`, { body: make('a') })
        await ask(404, 'GET', path('a'))
        const created = await ask(201, 'POST', collection, { body: make('a') })
        expect(created).toMatchObject({
          kind: def.kind,
          apiVersion: make('a').apiVersion,
          metadata: make('a').metadata,
        })
        expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/)
        expect(created.metadata.managedFields).toEqual([expect.objectContaining({ operation: 'Update' })])
        const got = await ask(200, 'GET', path('a'))
        expect(got.metadata.uid).toBe(created.metadata.uid)
        const listed = await ask(200, 'GET', `${collection}?${ofWalk}`)
        expect(listed).toMatchObject({ kind: `${def.kind}List`, apiVersion: created.apiVersion })
        expect(listed.items).toHaveLength(1)
        expect(listed.items[0].metadata.uid).toBe(created.metadata.uid)
        const added = await events.until(({ type }) => type === 'ADDED')
        expect(added.object).toMatchObject({ kind: def.kind, metadata: { uid: created.metadata.uid } })
        await ask(409, 'POST', collection, { body: make('a') })
      })

      test('get and list as Table and as metadata alone', async () => {
        const as = (kind: string, group = 'meta.k8s.io') => ({
          headers: { accept: `application/json;as=${kind};g=${group};v=v1` },
        })
        const table = await ask(200, 'GET', `${collection}?${ofWalk}`, as('Table'))
        expect(table).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' })
        expect(table.rows).toHaveLength(1)
        expect(table.rows[0].cells).toHaveLength(table.columnDefinitions.length)
        expect(table.rows[0].object.metadata.name).toBe(make('a').metadata.name)
        const metadata = await ask(200, 'GET', path('a'), as('PartialObjectMetadata'))
        expect(Object.keys(metadata).sort()).toEqual(['apiVersion', 'kind', 'metadata'])
        expect((await ask(200, 'GET', `${collection}?${ofWalk}`, as('PartialObjectMetadataList'))).items).toHaveLength(
          1,
        )
        const yaml = await api.ask('GET', path('a'), { headers: { accept: 'application/yaml' } })
        expect(yaml.text).toMatch(new RegExp(`^kind: ${def.kind}$`, 'm'))
      })

      test('update replaces what is there, and refuses what is stale', async () => {
        const before = await ask(200, 'GET', path('a'))
        const { resourceVersion, ...unversioned } = before.metadata
        const labelled = (by: string, more = {}) => ({
          body: { ...before, metadata: { ...unversioned, ...more, labels: { walk: 'a', by } } },
        })
        const blind = await api.ask('PUT', path('a'), labelled('blind'))
        if (def.strategy?.allowUnconditionalUpdate === false) {
          expect(blind.json.message).toContain('metadata.resourceVersion: Invalid value: 0: must be specified')
        } else expect(blind.json).toMatchObject({ metadata: { labels: { by: 'blind' } } })
        // A server's own controller may write in between: of a CustomResourceDefinition, for one.
        const updated = await eventually(async () => {
          const { metadata } = await ask(200, 'GET', path('a'))
          return await ask(200, 'PUT', path('a'), labelled('sighted', { resourceVersion: metadata.resourceVersion }))
        })
        expect(updated.metadata).toMatchObject({ uid: before.metadata.uid, labels: { by: 'sighted' } })
        expect(Number(updated.metadata.resourceVersion)).toBeGreaterThan(Number(resourceVersion))
        const stale = labelled('stale', { resourceVersion })
        const conflict = await ask(409, 'PUT', path('a'), stale)
        expect(conflict).toMatchObject({ reason: 'Conflict' })
        expect(conflict.message).toContain('the object has been modified')
        await events.until(({ type, object }) => type === 'MODIFIED' && object.metadata.labels?.by === 'sighted')
      })

      test('patches of each type', async () => {
        await patch(path('a'), 'merge', { metadata: { labels: { merged: 'yes', by: null } } })
        expect(await labels('a')).toEqual({ walk: 'a', merged: 'yes' })
        await patch(path('a'), 'json', [
          { op: 'test', path: '/metadata/labels/merged', value: 'yes' },
          { op: 'move', from: '/metadata/labels/merged', path: '/metadata/labels/moved' },
        ])
        expect(await labels('a')).toEqual({ walk: 'a', moved: 'yes' })
        await patch(path('a'), 'strategic', { metadata: { labels: { $retainKeys: ['walk'], walk: 'a' } } }).catch(
          () => {},
        )
        await patch(path('a'), 'strategic', { metadata: { finalizers: ['example.com/walk'], labels: { moved: null } } })
        expect(await labels('a')).toEqual({ walk: 'a' })
        expect((await ask(200, 'GET', path('a'))).metadata.finalizers).toContain('example.com/walk')
        await patch(path('a'), 'strategic', {
          metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/walk'] },
        })
        expect((await ask(200, 'GET', path('a'))).metadata.finalizers ?? []).not.toContain('example.com/walk')
        await ask(415, 'PATCH', path('a'), { body: {}, headers: { 'content-type': 'application/json' } })
      })

      test('server-side apply: creates, owns, conflicts, forces, lets go', async () => {
        const applied = (fields: object) => {
          const { labels: _, ...metadata } = make('b').metadata
          return { ...make('b'), metadata: { ...metadata, labels: fields } }
        }
        const created = await patch(`${path('b')}?fieldManager=one`, 'apply', applied({ walk: 'b', mine: '1' }), 201)
        expect(created.metadata.managedFields).toEqual([
          expect.objectContaining({ manager: 'one', operation: 'Apply' }),
        ])
        const again = await patch(`${path('b')}?fieldManager=one`, 'apply', applied({ walk: 'b', mine: '1' }))
        if (!def.subresources?.status) expect(again.metadata.resourceVersion).toBe(created.metadata.resourceVersion)
        const conflict = await patch(`${path('b')}?fieldManager=two`, 'apply', applied({ mine: '2' }), 409)
        expect(conflict.message).toMatch(/^Apply failed with .* with "one"/)
        expect(conflict.details.causes).toContainEqual(
          expect.objectContaining({ reason: 'FieldManagerConflict', field: '.metadata.labels.mine' }),
        )
        await patch(`${path('b')}?fieldManager=two&force=true`, 'apply', applied({ mine: '2' }))
        expect(await labels('b')).toEqual({ walk: 'b', mine: '2' })
        await patch(`${path('b')}?fieldManager=two`, 'apply', applied({ other: '3' }))
        expect(await labels('b')).toEqual({ walk: 'b', other: '3' })
        await remove('b')
      })

      const status = samples[`${def.group}/${def.plural}`]?.status
      const statusTest = def.subresources?.status ? test : undefined
      statusTest?.('status is written by its own path alone', async () => {
        if (!status) throw new Error(`test/harness/every-kind.ts has no status of ${nameOf(def)}`)
        const before = await ask(200, 'GET', path('a'))
        const changed = await patch(`${path('a')}/status`, 'merge', { status })
        expect(changed.status).toMatchObject(status)
        expect(changed.metadata.generation).toBe(before.metadata.generation)
        expect((await ask(200, 'GET', `${path('a')}/status`)).status).toMatchObject(status)
        expect((await patch(path('a'), 'merge', { status: null })).status).toMatchObject(status)
        const put = await ask(200, 'PUT', `${path('a')}/status`, { body: { ...changed, spec: undefined } })
        expect(put.spec).toEqual(changed.spec)
      })

      const scaleTest = def.subresources?.scale ? test : undefined
      scaleTest?.('scale reads and writes the replicas', async () => {
        const scale = await ask(200, 'GET', `${path('a')}/scale`)
        expect(scale).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1' })
        await ask(200, 'PUT', `${path('a')}/scale`, { body: { ...scale, spec: { replicas: 3 } } })
        await patch(`${path('a')}/scale`, 'merge', { spec: { replicas: 4 } })
        expect((await ask(200, 'GET', path('a'))).spec.replicas).toBe(4)
      })

      test('what is wrong is refused: a name, a label, another kind, an unknown field', async () => {
        const named = { ...make('c'), metadata: { name: 'Not/A Name' } }
        const invalid = await ask(422, 'POST', collection, { body: named })
        expect(invalid).toMatchObject({ reason: 'Invalid', details: { causes: expect.any(Array) } })
        const labelled = { ...make('c'), metadata: { ...make('c').metadata, labels: { walk: 'not a value!' } } }
        expect((await ask(422, 'POST', collection, { body: labelled })).message).toContain(
          'metadata.labels: Invalid value',
        )
        await ask(400, 'POST', collection, { body: { ...make('c'), kind: 'Nothing' } })
        const unknown = { ...make('c'), nonsense: 1 }
        const strict = await ask(400, 'POST', `${collection}?fieldValidation=Strict`, { body: unknown })
        expect(strict.message).toContain('strict decoding error: unknown field "nonsense"')
        const warned = await api.ask('POST', `${collection}?fieldValidation=Warn&dryRun=All`, { body: unknown })
        expect(warned.headers.warning).toContain('299 - "unknown field \\"nonsense\\""')
      })

      test('delete asks for its preconditions, tries without a trace, then removes', async () => {
        await ask(409, 'DELETE', path('a'), { body: { preconditions: { uid: 'another' } } })
        await ask(200, 'DELETE', `${path('a')}?dryRun=All`)
        expect((await ask(200, 'GET', path('a'))).metadata.deletionTimestamp).toBeUndefined()
        await remove('a')
        await events.until(({ type, object }) => type === 'DELETED' && object.metadata.name === make('a').metadata.name)
        await ask(404, 'DELETE', path('a'))
      })

      const canDeleteCollection = def.verbs?.includes('deletecollection') ?? true
      const collectionTest = canDeleteCollection ? test : undefined
      collectionTest?.('deletecollection removes what is selected', async () => {
        for (const suffix of ['c', 'd']) await ask(201, 'POST', collection, { body: make(suffix) })
        await ask(200, 'DELETE', `${collection}?labelSelector=walk%3Dc&propagationPolicy=Background`)
        await eventually(async () => (await api.ask('GET', path('c'))).status === 404)
        await ask(200, 'GET', path('d'))
        await ask(200, 'DELETE', `${collection}?${ofWalk}&propagationPolicy=Background`)
        await eventually(async () => (await api.ask('GET', path('d'))).status === 404)
      })
    })
  }
})
