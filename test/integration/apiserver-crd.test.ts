// Definitions of custom kinds live and die: names are given, objects served within a second, and taken away with them.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { findCondition } from '../../lib/api/conditions.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { changeSpec, definition, definitionsPath, establish, established, version } from '../harness/custom-kinds.ts'
import { describeWithEtcd, startEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'
import { type Kubectl, kubectlFor } from '../harness/kubectl.ts'

const describe = await describeWithEtcd()
const spec = { spec: { type: 'object', properties: { size: { type: 'integer' } } } }

describe('custom resource definitions', () => {
  let api: TestApiServer
  let kubectl: Kubectl
  beforeAll(async () => {
    api = await startApiServer()
    kubectl = kubectlFor(api.adminKubeconfig)
  })
  afterAll(async () => {
    kubectl.close()
    await api.stop()
  })

  const pathOf = (plural: string, group = 'example.com') => `/apis/${group}/v1/namespaces/default/${plural}`
  const make = (plural: string, name: string, more = {}) => {
    const kind = plural.charAt(0).toUpperCase() + plural.slice(1, -1)
    const body = { apiVersion: 'example.com/v1', kind, metadata: { name }, ...more }
    return api.ask('POST', pathOf(plural), { body })
  }
  const conditionOf = async (name: string, type: string) => {
    const { json } = await api.ask('GET', `${definitionsPath}/${name}`)
    return findCondition<{ type: string; status: string; reason?: string; message?: string }>(
      json.status?.conditions,
      type,
    )
  }
  const gone = (name: string) =>
    eventually(async () => (await api.ask('GET', `${definitionsPath}/${name}`)).status === 404)

  test('kubectl makes one, sees it established, and then the objects, which were unknown before', async () => {
    expect((await api.ask('GET', pathOf('lamps'))).status).toBe(404)
    const crd = definition('lamps', [version(spec)], { names: { plural: 'lamps', kind: 'Lamp', shortNames: ['lp'] } })
    await kubectl.run(['create', '-f', '-'], JSON.stringify(crd))
    await kubectl.run(['wait', '--for=condition=Established', 'crd/lamps.example.com', '--timeout=5s'])
    await kubectl.run(
      ['create', '-f', '-'],
      JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Lamp', metadata: { name: 'desk' }, spec: { size: 1 } }),
    )
    expect((await kubectl.run(['get', 'lp', '-o', 'name'])).stdout).toBe('lamp.example.com/desk\n')
    expect((await kubectl.run(['get', 'crds'])).stdout).toMatch(
      /^NAME +CREATED AT\nlamps\.example\.com +\d{4}-\d\d-\d\dT/,
    )
  })

  test('says of itself what the server gives it', async () => {
    const { metadata, spec: stored, status } = await establish(api, definition('hats', [version(spec)]))
    expect(stored.names).toEqual({ plural: 'hats', kind: 'Hat', singular: 'hat', listKind: 'HatList' })
    expect(stored.conversion).toEqual({ strategy: 'None' })
    expect(status?.acceptedNames).toEqual(stored.names)
    expect(status?.storedVersions).toEqual(['v1'])
    expect(metadata.generation).toBe(1)
    expect(await conditionOf('hats.example.com', 'NamesAccepted')).toMatchObject({
      status: 'True',
      reason: 'NoConflicts',
      message: 'no conflicts found',
    })
    expect(await conditionOf('hats.example.com', 'Established')).toMatchObject({
      reason: 'InitialNamesAccepted',
      message: 'the initial names have been accepted',
    })
  })

  test('names that another one has are not given until they are free', async () => {
    await establish(api, definition('cups', [version(spec)]))
    const rival = definition('mugs', [version(spec)], { names: { plural: 'mugs', kind: 'Cup', shortNames: ['m'] } })
    await api.ask('POST', definitionsPath, { body: rival })
    await eventually(async () => (await conditionOf('mugs.example.com', 'NamesAccepted'))?.status === 'False')
    expect(await conditionOf('mugs.example.com', 'NamesAccepted')).toMatchObject({
      reason: 'ListKindConflict',
      message: '"CupList" is already in use',
    })
    expect(await conditionOf('mugs.example.com', 'Established')).toMatchObject({
      status: 'False',
      reason: 'NotAccepted',
      message: 'not all names are accepted',
    })
    expect((await api.ask('GET', pathOf('mugs'))).status).toBe(404)
    await api.ask('DELETE', `${definitionsPath}/cups.example.com`)
    await established(api, 'mugs.example.com')
    expect((await api.ask('GET', pathOf('mugs'))).status).toBe(200)
  })

  test('takes its objects along when it is deleted, also those that somebody must finish first', async () => {
    await establish(api, definition('boats', [version(spec)]))
    await make('boats', 'free')
    await make('boats', 'held', { metadata: { name: 'held', finalizers: ['example.com/hold'] } })
    const deleted = await api.ask('DELETE', `${definitionsPath}/boats.example.com`)
    expect(deleted.json.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io'])
    expect(findCondition(deleted.json.status.conditions, 'Terminating')).toMatchObject({
      status: 'True',
      reason: 'InstanceDeletionPending',
    })
    await eventually(async () => {
      const { json } = await api.ask('GET', pathOf('boats'))
      return json.items.length === 1 && json.items[0].metadata.deletionTimestamp
    })
    expect(await conditionOf('boats.example.com', 'Terminating')).toMatchObject({
      status: 'True',
      reason: 'InstanceDeletionInProgress',
      message: 'CustomResource deletion is in progress',
    })
    const { json: discovered } = await api.ask('GET', '/apis/example.com/v1')
    expect(discovered.resources.find(({ name }: { name: string }) => name === 'boats').verbs).toEqual([
      'delete',
      'deletecollection',
      'get',
      'list',
      'watch',
    ])
    const refused = await make('boats', 'late')
    expect([refused.status, refused.json.message]).toEqual([
      405,
      'create not allowed while custom resource definition is terminating',
    ])
    const patch = [{ op: 'remove', path: '/metadata/finalizers' }]
    const headers = { 'content-type': 'application/json-patch+json' }
    expect((await api.ask('PATCH', `${pathOf('boats')}/held`, { body: patch, headers })).status).toBe(200)
    await gone('boats.example.com')
    expect((await api.ask('GET', pathOf('boats'))).status).toBe(404)
    await establish(api, definition('boats', [version(spec)]))
    expect((await api.ask('GET', pathOf('boats'))).json.items).toEqual([])
  })

  test('goes at once when it was never established', async () => {
    await establish(api, definition('doors', [version(spec)]))
    const rival = definition('gates', [version(spec)], { names: { plural: 'gates', kind: 'Door' } })
    await api.ask('POST', definitionsPath, { body: rival })
    await eventually(async () => (await conditionOf('gates.example.com', 'NamesAccepted'))?.status === 'False')
    await api.ask('DELETE', `${definitionsPath}/gates.example.com`)
    await gone('gates.example.com')
  })

  test('keeps what is stored as it is', async () => {
    await establish(api, definition('keys', [version(spec)]))
    const scope = await changeSpec(api, 'keys.example.com', changed => {
      changed.scope = 'Cluster'
    })
    expect(scope.json.message).toBe(
      'CustomResourceDefinition.apiextensions.k8s.io "keys.example.com" is invalid: spec.scope: Invalid value: "Cluster": field is immutable',
    )
    const versions = await changeSpec(api, 'keys.example.com', changed => {
      changed.versions = [version(spec, { name: 'v2' })]
    })
    expect(versions.json.message).toContain(
      'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions',
    )
  })

  test('fifty at once are all established, and served, in little time', async () => {
    const names = Array.from({ length: 50 }, (_, i) => `bulk${i}s`)
    const made = names.map(plural =>
      api.ask('POST', definitionsPath, {
        body: definition(plural, [version(spec)], { group: 'bulk.example.com' }),
      }),
    )
    expect((await Promise.all(made)).map(({ status }) => status)).toEqual(names.map(() => 201))
    await Promise.all(names.map(plural => established(api, `${plural}.bulk.example.com`)))
    const lists = await Promise.all(names.map(plural => api.ask('GET', pathOf(plural, 'bulk.example.com'))))
    expect(lists.map(({ status }) => status)).toEqual(names.map(() => 200))
  })
})

test('several API servers serve the same kinds', async () => {
  const etcd = await startEtcd()
  const one = await startApiServer({ etcd })
  const other = await startApiServer({ etcd })
  try {
    await establish(one, definition('shares', [version(spec)]))
    const path = '/apis/example.com/v1/namespaces/default/shares'
    await eventually(async () => (await other.ask('GET', path)).status === 200)
    await other.ask('DELETE', `${definitionsPath}/shares.example.com`)
    await eventually(async () => (await one.ask('GET', path)).status === 404)
  } finally {
    await Promise.all([one.stop(), other.stop()])
    await etcd.stop()
  }
})
