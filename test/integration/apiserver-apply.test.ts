// Server-side apply and the owners of fields, as by upstream's API server: raw requests, and kubectl.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'
import { type Kubectl, kubectlFor, kubectlIsOnPath } from '../harness/kubectl.ts'

const describe = await describeWithEtcd()
const withKubectl = kubectlIsOnPath() || process.env.CI ? test : test.skip
const maps = '/api/v1/namespaces/default/configmaps'
const deployments = '/apis/apps/v1/namespaces/default/deployments'
const services = '/api/v1/namespaces/default/services'
const patchOptionsInvalid = 'PatchOptions.meta.k8s.io "" is invalid: '

interface Entry {
  manager: string
  operation: string
  apiVersion: string
  time?: string
  fieldsV1: Record<string, unknown>
  subresource?: string
}

const map = (name: string, data: unknown, more = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
  data,
})

const deployment = (name: string, spec = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
    ...spec,
  },
})

describe('apply', () => {
  let api: TestApiServer
  let kubectl: Kubectl
  beforeAll(async () => {
    api = await startApiServer()
    kubectl = kubectlFor(api.adminKubeconfig)
    await api.ask('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'default' } } })
  })
  afterAll(async () => {
    kubectl.close()
    await api.stop()
  })

  const send = (type: string, path: string, query: string, body: unknown, headers = {}) =>
    api.ask('PATCH', `${path}?${query}`, { body, headers: { 'content-type': type, ...headers } })
  const apply = (path: string, manager: string, body: unknown, query = '') =>
    send('application/apply-patch+yaml', path, `fieldManager=${manager}${query}`, body)
  const merge = (path: string, manager: string, body: unknown) =>
    send('application/merge-patch+json', path, `fieldManager=${manager}`, body)
  const get = async (path: string) => (await api.ask('GET', path)).json
  const entries = async (path: string): Promise<Entry[]> => (await get(path)).metadata.managedFields ?? []
  const fieldsOf = async (path: string, manager: string) =>
    (await entries(path)).find(entry => entry.manager === manager)?.fieldsV1

  describe('raw', () => {
    test('creates, changes nothing twice, takes away what is named no more', async () => {
      const path = `${maps}/raw`
      const created = await apply(path, 'a', map('raw', { one: '1', two: '2' }))
      expect(created.status).toBe(201)
      expect(created.json.metadata.managedFields).toEqual([
        {
          manager: 'a',
          operation: 'Apply',
          apiVersion: 'v1',
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:data': { 'f:one': {}, 'f:two': {} } },
        },
      ])
      const again = await apply(path, 'a', map('raw', { one: '1', two: '2' }))
      expect(again.status).toBe(200)
      expect(again.json).toEqual(created.json)
      const less = await apply(path, 'a', map('raw', { one: '1' }))
      expect(less.json.data).toEqual({ one: '1' })
      const none = await apply(path, 'a', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'raw' } })
      expect(none.json.data).toBeUndefined()
      expect(none.json.metadata.managedFields).toBeUndefined()
    })

    test('leaves what others own, and refuses what they hold otherwise', async () => {
      const path = `${maps}/shared`
      await apply(path, 'a', map('shared', { one: '1', both: 'x' }))
      const second = await apply(path, 'b', map('shared', { two: '2', both: 'x' }))
      expect(second.json.data).toEqual({ one: '1', two: '2', both: 'x' })
      const refused = await apply(path, 'b', map('shared', { one: '9', both: 'y' }))
      expect(refused.status).toBe(409)
      expect(refused.json).toMatchObject({
        reason: 'Conflict',
        message: 'Apply failed with 2 conflicts: conflicts with "a":\n- .data.both\n- .data.one',
        details: {
          causes: [
            { reason: 'FieldManagerConflict', message: 'conflict with "a"', field: '.data.both' },
            { reason: 'FieldManagerConflict', message: 'conflict with "a"', field: '.data.one' },
          ],
        },
      })
      const forced = await apply(path, 'b', map('shared', { one: '9', both: 'y' }), '&force=true')
      expect(forced.json.data).toEqual({ one: '9', both: 'y' })
      expect(await entries(path)).toHaveLength(1)
      expect(await fieldsOf(path, 'b')).toEqual({ 'f:data': { 'f:both': {}, 'f:one': {} } })
    })

    test('what two own stays until both name it no more', async () => {
      const path = `${maps}/kept`
      await apply(path, 'a', map('kept', { x: '1' }))
      const second = await apply(path, 'b', map('kept', { x: '1' }))
      expect(second.json.metadata.managedFields.map((entry: Entry) => entry.manager)).toEqual(['b', 'a'])
      expect((await apply(path, 'a', map('kept', {}))).json.data).toEqual({ x: '1' })
      expect((await apply(path, 'b', map('kept', {}))).json.data).toBeUndefined()
    })

    test('an update takes over what it changes, and apply is told by whom', async () => {
      const path = `${deployments}/owned`
      await apply(path, 'a', deployment('owned', { replicas: 1 }))
      await merge(path, 'somebody', { spec: { replicas: 5 } })
      expect(await fieldsOf(path, 'somebody')).toEqual({ 'f:spec': { 'f:replicas': {} } })
      expect(((await fieldsOf(path, 'a')) as { 'f:spec': object })['f:spec']).not.toHaveProperty('f:replicas')
      const refused = await apply(path, 'a', deployment('owned', { replicas: 1 }))
      expect(refused.json.message).toBe(
        'Apply failed with 1 conflict: conflict with "somebody" using apps/v1: .spec.replicas',
      )
      expect((await apply(path, 'a', deployment('owned'))).json.spec.replicas).toBe(5)
    })

    test('lists merge by their keys, also by those that are defaults', async () => {
      const path = `${services}/ports`
      const service = (...ports: object[]) => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'ports' },
        spec: { ports },
      })
      await apply(path, 'a', service({ name: 'http', port: 80 }))
      const both = await apply(
        path,
        'b',
        service({ name: 'dns', port: 53, protocol: 'UDP' }, { name: 'tcp', port: 53 }),
      )
      expect(
        both.json.spec.ports.map(({ port, protocol }: { port: number; protocol: string }) => [port, protocol]),
      ).toEqual([
        [80, 'TCP'],
        [53, 'UDP'],
        [53, 'TCP'],
      ])
      expect(await fieldsOf(path, 'a')).toEqual({
        'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} } } },
      })
      const twice = await apply(path, 'a', service({ name: 'x', port: 1 }, { name: 'y', port: 1, protocol: 'TCP' }))
      expect(twice.status).toBe(500)
      expect(twice.json.message).toBe(
        'failed to create typed patch object (/ports; /v1, Kind=Service): .spec.ports: duplicate entries for key [port=1,protocol="TCP"]',
      )
    })

    const bad: [what: string, query: string, body: unknown, code: number, message: string][] = [
      [
        'no manager',
        '',
        map('bad', {}),
        422,
        `${patchOptionsInvalid}fieldManager: Required value: is required for apply patch`,
      ],
      ['no kind', 'fieldManager=a', { apiVersion: 'v1' }, 400, 'invalid object type: /v1, Kind='],
      ['nothing', 'fieldManager=a', '', 400, 'invalid object type: /, Kind='],
      [
        'another kind',
        'fieldManager=a',
        { ...map('bad', {}), kind: 'Secret' },
        400,
        'invalid object type: /v1, Kind=Secret',
      ],
      [
        'no object',
        'fieldManager=a',
        '[]',
        400,
        'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
      ],
      [
        'managedFields',
        'fieldManager=a',
        map('bad', {}, { managedFields: [] }),
        400,
        'metadata.managedFields must be nil',
      ],
      [
        'no name',
        'fieldManager=a',
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'bad' } },
        400,
        'the name of the object (bad based on URL) was undeterminable: name must be provided',
      ],
      [
        'an unknown field',
        'fieldManager=a',
        { ...map('bad', {}), extra: 1 },
        500,
        'failed to create typed patch object (/bad; /v1, Kind=ConfigMap): .extra: field not declared in schema',
      ],
      [
        'values of the wrong type',
        'fieldManager=a',
        { ...map('bad', { a: 1, b: true }), immutable: 'x' },
        500,
        'failed to create typed patch object (/bad; /v1, Kind=ConfigMap): errors:\n  .data.a: expected string, got &value.valueUnstructured{Value:1}\n  .data.b: expected string, got &value.valueUnstructured{Value:true}\n  .immutable: expected boolean, got &{x}',
      ],
      [
        'a field twice',
        'fieldManager=a&fieldValidation=Strict',
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndata:\n  a: "1"\n  a: "2"\n',
        400,
        'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 6: key "a" already set in map',
      ],
      [
        'a uid of nothing',
        'fieldManager=a',
        map('bad', {}, { uid: 'x' }),
        409,
        'Operation cannot be fulfilled on configmaps "bad": uid mismatch: the provided object specified uid x, and no existing object was found',
      ],
    ]
    test.each(bad)('refuses %s', async (_, query, body, code, message) => {
      const answer = await send('application/apply-patch+yaml', `${maps}/bad`, query, body)
      expect(answer.json?.message).toBe(message)
      expect(answer.status).toBe(code)
      expect((await api.ask('GET', `${maps}/bad`)).status).toBe(404)
    })

    test('only an apply is forced, and CBOR is not taken', async () => {
      const forced = await send('application/merge-patch+json', `${maps}/raw`, 'force=true', {})
      expect(forced.json.message).toBe(
        `${patchOptionsInvalid}force: Forbidden: may not be specified for non-apply patch`,
      )
      const cbor = await send('application/apply-patch+cbor', `${maps}/raw`, 'fieldManager=a', 'x')
      expect(cbor.status).toBe(415)
    })

    test('warns of a field that is there twice, and says the last', async () => {
      const text = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"warned"},"data":{"a":"1","a":"2"}}'
      const answer = await apply(`${maps}/warned`, 'a', text)
      expect(answer.json.data).toEqual({ a: '2' })
      expect(answer.headers.warning).toBe('299 - "line 1: key \\"a\\" already set in map"')
    })

    test('versions of one kind are compared each in its own', async () => {
      const at = (version: string) =>
        `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers/versions`
      const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }
      const scaler = (version: string, spec: object) => ({
        apiVersion: `autoscaling/${version}`,
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'versions' },
        spec: { scaleTargetRef: target, ...spec },
      })
      const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } }
      const v2 = { maxReplicas: 5, metrics: [{ type: 'Resource', resource: cpu }] }
      expect((await apply(at('v2'), 'a', scaler('v2', v2))).status).toBe(201)
      const refused = await apply(at('v1'), 'b', scaler('v1', { maxReplicas: 5, targetCPUUtilizationPercentage: 70 }))
      expect(refused.json.message).toBe('Apply failed with 1 conflict: conflict with "a": .spec.metrics')
      await merge(at('v1'), 'c', { spec: { maxReplicas: 7 } })
      const again = await apply(at('v2'), 'a', scaler('v2', v2))
      expect(again.json.message).toBe(
        'Apply failed with 1 conflict: conflict with "c" using autoscaling/v1: .spec.maxReplicas',
      )
      const moved = await apply(at('v1'), 'a', scaler('v1', { minReplicas: 2 }))
      expect(moved.json.spec).toMatchObject({ maxReplicas: 7, minReplicas: 2 })
      expect((await entries(at('v1'))).map(({ manager, apiVersion }) => [manager, apiVersion])).toEqual([
        ['a', 'autoscaling/v1'],
        ['c', 'autoscaling/v1'],
      ])
    })

    test('a resourceVersion is a precondition', async () => {
      const path = `${maps}/versioned`
      const { json } = await apply(path, 'a', map('versioned', { x: '1' }))
      const { resourceVersion } = json.metadata
      expect((await apply(path, 'a', map('versioned', { x: '2' }, { resourceVersion }))).status).toBe(200)
      const stale = await apply(path, 'a', map('versioned', { x: '3' }, { resourceVersion }))
      expect(stale.status).toBe(409)
      expect(stale.json.message).toBe(
        'Operation cannot be fulfilled on configmaps "versioned": the object has been modified; please apply your changes to the latest version and try again',
      )
    })

    test('a dry run stores nothing, whether there is an object or not', async () => {
      expect((await apply(`${maps}/dry`, 'a', map('dry', { x: '1' }), '&dryRun=All')).status).toBe(201)
      expect((await api.ask('GET', `${maps}/dry`)).status).toBe(404)
      const { json } = await apply(`${maps}/wet`, 'a', map('wet', { x: '1' }))
      const dry = await apply(`${maps}/wet`, 'a', map('wet', { x: '2' }), '&dryRun=All')
      expect(dry.json.data).toEqual({ x: '2' })
      expect(await get(`${maps}/wet`)).toEqual(json)
    })

    test('creating needs leave to create', async () => {
      const user = await api.userCert('patcher')
      const role = {
        metadata: { name: 'patcher', namespace: 'default' },
        rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['patch'] }],
      }
      const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'
      await api.ask('POST', `${rbac}/roles`, { body: role })
      await api.ask('POST', `${rbac}/rolebindings`, {
        body: {
          metadata: { name: 'patcher' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'patcher' },
          subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'patcher' }],
        },
      })
      const ask = (name: string) =>
        api.ask('PATCH', `${maps}/${name}?fieldManager=p`, {
          user,
          body: map(name, { p: '1' }),
          headers: { 'content-type': 'application/apply-patch+yaml' },
        })
      const refused = await ask('forbidden')
      expect(refused.status).toBe(403)
      expect(refused.json.message).toContain(
        'configmaps "forbidden" is forbidden: User "patcher" cannot create resource',
      )
      await apply(`${maps}/allowed`, 'a', map('allowed', { a: '1' }))
      expect((await ask('allowed')).status).toBe(200)
    })

    test('through status only status is owned, and by the object not', async () => {
      const path = `${deployments}/status`
      await apply(path, 'a', { ...deployment('status'), status: { replicas: 9 } })
      expect(Object.keys((await fieldsOf(path, 'a')) ?? {})).toEqual(['f:spec'])
      const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'status' }, status: { replicas: 2 } }
      const written = await apply(`${path}/status`, 'a', body)
      expect(written.json.status).toEqual({ replicas: 2 })
      expect((await entries(path)).map(({ manager, subresource }) => [manager, subresource])).toEqual([
        ['a', undefined],
        ['a', 'status'],
      ])
      expect((await apply(`${deployments}/none/status`, 'a', { ...body, metadata: { name: 'none' } })).status).toBe(404)
      const refused = await apply(`${path}/status`, 'b', { ...body, status: { replicas: 3 } })
      expect(refused.json.message).toBe(
        'Apply failed with 1 conflict: conflict with "a" with subresource "status": .status.replicas',
      )
    })

    test('through scale the replicas are owned', async () => {
      const path = `${deployments}/scaled`
      await apply(path, 'a', deployment('scaled', { replicas: 1 }))
      const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'scaled' }, spec: { replicas: 4 } }
      const refused = await apply(`${path}/scale`, 'b', scale)
      expect(refused.json.message).toBe('Apply failed with 1 conflict: conflict with "a": .spec.replicas')
      const forced = await apply(`${path}/scale`, 'b', scale, '&force=true')
      expect(forced.json).toMatchObject({ kind: 'Scale', spec: { replicas: 4 } })
      const owner = (await entries(path)).find(({ manager }) => manager === 'b')
      expect(owner).toMatchObject({
        operation: 'Apply',
        apiVersion: 'apps/v1',
        subresource: 'scale',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      })
      await merge(`${path}/scale`, 'c', { spec: { replicas: 5 } })
      expect((await entries(path)).map(({ manager, operation }) => [manager, operation])).toEqual([
        ['a', 'Apply'],
        ['c', 'Update'],
      ])
      await api.ask('PUT', `${path}/scale?fieldManager=d`, { body: { ...scale, spec: { replicas: 6 } } })
      expect((await get(path)).spec.replicas).toBe(6)
      expect(await fieldsOf(path, 'd')).toEqual({ 'f:spec': { 'f:replicas': {} } })
    })
  })

  describe('owners by other verbs', () => {
    test('are called by name, or by their user agent', async () => {
      const body = map('agent', { a: '1' })
      const agent = { 'user-agent': 'robot/v1.2 (linux)' }
      const { json } = await api.ask('POST', maps, { body, headers: agent })
      expect(json.metadata.managedFields).toEqual([
        {
          manager: 'robot',
          operation: 'Update',
          apiVersion: 'v1',
          time: expect.any(String),
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:data': { '.': {}, 'f:a': {} } },
        },
      ])
      await api.ask('PUT', `${maps}/agent?fieldManager=other`, { body: map('agent', { a: '1', b: '2' }) })
      expect(await fieldsOf(`${maps}/agent`, 'other')).toEqual({ 'f:data': { 'f:b': {} } })
      await merge(`${maps}/agent`, 'third', { data: { a: '3' } })
      expect(await fieldsOf(`${maps}/agent`, 'robot')).toEqual({ 'f:data': {} })
      await send('application/json-patch+json', `${maps}/agent`, 'fieldManager=third', [
        { op: 'remove', path: '/data/b' },
      ])
      expect((await entries(`${maps}/agent`)).map(({ manager }) => manager)).toEqual(['robot', 'third'])
    })

    test('an update that changes nothing changes no owner', async () => {
      const { json } = await api.ask('POST', maps, { body: map('same', { a: '1' }) })
      const { resourceVersion: _, ...metadata } = json.metadata
      const again = await api.ask('PUT', `${maps}/same?fieldManager=other`, { body: { ...json, metadata } })
      expect(again.json).toEqual(json)
    })

    test('are forgotten when the list is emptied, and the first apply finds who was before', async () => {
      const path = `${maps}/reset`
      await api.ask('POST', maps, { body: map('reset', { a: '1' }) })
      await merge(path, 'x', { metadata: { managedFields: [{}] } })
      expect(await entries(path)).toEqual([])
      await merge(path, 'x', { data: { b: '1' } })
      expect(await entries(path)).toEqual([])
      const refused = await apply(path, 'a', map('reset', { a: '2' }))
      expect(refused.json.message).toBe(
        'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
      )
      await apply(path, 'a', map('reset', { a: '1' }))
      expect(await entries(path)).toHaveLength(2)
      await api.ask('PUT', path, { body: map('reset', { a: '1' }, { managedFields: [] }) })
      expect(await entries(path)).toEqual([])
    })

    test('are at most ten; the oldest become one', async () => {
      const path = `${maps}/many`
      await apply(path, 'applier', map('many', { a: '1' }))
      for (let i = 0; i < 12; i++) await merge(path, `m${String(i).padStart(2, '0')}`, { data: { [`k${i}`]: '1' } })
      const managers = (await entries(path)).map(({ manager }) => manager)
      expect(managers).toHaveLength(11)
      expect(managers).toContain('ancient-changes')
      expect(managers).toContain('m11')
      expect(managers).not.toContain('m00')
    })

    test('of what a client wrote itself are taken as they are', async () => {
      const path = `${maps}/forged`
      await api.ask('POST', maps, { body: map('forged', { a: '1' }) })
      const forged = {
        manager: 'me',
        operation: 'Apply',
        apiVersion: 'v1',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:a': {}, 'z:x': {} } },
      }
      await merge(path, 'x', { metadata: { managedFields: [forged] } })
      expect(await entries(path)).toEqual([{ ...forged, fieldsV1: { 'f:data': { 'f:a': {} } } }])
      await merge(path, 'x', { metadata: { managedFields: [{ manager: 'bad', operation: 'Eat' }] } })
      expect((await entries(path)).map(({ manager }) => manager)).toEqual(['me'])
    })

    test('are shown with metadata alone, and in tables', async () => {
      await apply(`${maps}/shown`, 'a', map('shown', { a: '1' }))
      const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
      const { json } = await api.ask('GET', `${maps}/shown`, { headers: { accept } })
      expect(json.metadata.managedFields).toHaveLength(1)
    })
  })

  describe('custom kinds', () => {
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    const ships = '/apis/sea.example.com/v1/namespaces/default/ships'
    const older = '/apis/sea.example.com/v1beta1/namespaces/default/ships'
    const text = { type: 'string' }
    const schema = (masts: object) => ({
      openAPIV3Schema: {
        type: 'object',
        properties: {
          spec: {
            type: 'object',
            properties: {
              crew: { type: 'integer' },
              flags: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
              log: { type: 'array', items: text },
              masts,
              cargo: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
          status: { type: 'object', properties: { crew: { type: 'integer' } } },
        },
      },
    })
    const mast = { type: 'object', required: ['name'], properties: { name: text, sail: text } }
    const keyed = {
      type: 'array',
      items: mast,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    }
    const subresources = {
      status: {},
      scale: { specReplicasPath: '.spec.crew', statusReplicasPath: '.status.crew' },
    }
    const version = (name: string, storage: boolean) => ({
      name,
      served: true,
      storage,
      schema: schema(keyed),
      subresources,
    })
    const ship = (name: string, spec: object, at = 'v1') => ({
      apiVersion: `sea.example.com/${at}`,
      kind: 'Ship',
      metadata: { name },
      spec,
    })

    beforeAll(async () => {
      const body = {
        metadata: { name: 'ships.sea.example.com' },
        spec: {
          group: 'sea.example.com',
          scope: 'Namespaced',
          names: { plural: 'ships', kind: 'Ship' },
          versions: [version('v1', true), version('v1beta1', false)],
        },
      }
      expect((await api.ask('POST', crds, { body })).status).toBe(201)
      await eventually(
        async () => (await api.ask('GET', older)).status === 200 && (await api.ask('GET', ships)).status === 200,
      )
    })

    test('merge as their schema says', async () => {
      const path = `${ships}/merged`
      await apply(path, 'a', ship('merged', { flags: ['x'], log: ['1'], masts: [{ name: 'fore', sail: 'red' }] }))
      const { json } = await apply(
        path,
        'b',
        ship('merged', { flags: ['y'], masts: [{ name: 'main' }], cargo: { rum: { kegs: 1 } } }),
      )
      expect(json.spec).toEqual({
        flags: ['x', 'y'],
        log: ['1'],
        masts: [{ name: 'fore', sail: 'red' }, { name: 'main' }],
        cargo: { rum: { kegs: 1 } },
      })
      expect(await fieldsOf(path, 'b')).toEqual({
        'f:spec': {
          'f:cargo': { 'f:rum': { '.': {}, 'f:kegs': {} } },
          'f:flags': { 'v:"y"': {} },
          'f:masts': { 'k:{"name":"main"}': { '.': {}, 'f:name': {} } },
        },
      })
      expect((await apply(path, 'b', ship('merged', {}))).json.spec).toEqual({
        flags: ['x'],
        log: ['1'],
        masts: [{ name: 'fore', sail: 'red' }],
      })
      const unknown = await apply(path, 'b', ship('merged', { wings: 2 }))
      expect(unknown.json.message).toBe(
        'failed to create typed patch object (/merged; sea.example.com/v1, Kind=Ship): .spec.wings: field not declared in schema',
      )
    })

    test('are owned in the version in which they were written', async () => {
      const path = `${ships}/versions`
      await apply(`${older}/versions`, 'a', ship('versions', { crew: 1 }, 'v1beta1'))
      const refused = await apply(path, 'b', ship('versions', { crew: 2 }))
      expect(refused.json.message).toBe('Apply failed with 1 conflict: conflict with "a": .spec.crew')
      expect((await apply(path, 'a', ship('versions', { log: ['x'] }))).json.spec).toEqual({ log: ['x'] })
      expect((await entries(path)).map(({ manager, apiVersion }) => [manager, apiVersion])).toEqual([
        ['a', 'sea.example.com/v1'],
      ])
    })

    test('take status and scale of their own, and no strategic merge', async () => {
      const path = `${ships}/scaled`
      await apply(path, 'a', { ...ship('scaled', { crew: 1 }), status: { crew: 9 } })
      expect(await fieldsOf(path, 'a')).toEqual({ 'f:spec': { 'f:crew': {} } })
      await apply(`${path}/status`, 'b', { ...ship('scaled', {}), status: { crew: 1 } })
      expect(await fieldsOf(path, 'b')).toEqual({ 'f:status': { 'f:crew': {} } })
      await merge(`${path}/scale`, 'c', { spec: { replicas: 3 } })
      expect(await fieldsOf(path, 'c')).toEqual({ 'f:spec': { 'f:crew': {} } })
      expect((await get(path)).spec).toEqual({ crew: 3 })
      expect((await send('application/strategic-merge-patch+json', path, '', {})).status).toBe(415)
    })

    test('are read strictly, with all that is in them', async () => {
      const keeps = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
      const template = {
        type: 'object',
        'x-kubernetes-embedded-resource': true,
        properties: { metadata: { type: 'object', properties: { name: text } }, spec: { type: 'object' } },
      }
      const spec = { ...keeps, properties: { template, knownField1: text } }
      const names = { plural: 'crates', kind: 'Crate' }
      const body = {
        metadata: { name: 'crates.sea.example.com' },
        spec: {
          group: 'sea.example.com',
          scope: 'Namespaced',
          names,
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
            },
          ],
        },
      }
      expect((await api.ask('POST', crds, { body })).status).toBe(201)
      const path = '/apis/sea.example.com/v1/namespaces/default/crates/mytest'
      await eventually(async () => (await api.ask('GET', path)).json?.message?.startsWith('crates.sea.example.com'))
      const head = 'apiVersion: sea.example.com/v1\nkind: Crate\nmetadata:\n  name: mytest\n'
      const twice = `${head}  finalizers:\n  - example.com/test\nspec:\n  unknown: uk1\n  unknownDupe: ukd1\n  unknownDupe: ukd2\n  knownField1: kf1\n  knownField1: kf2\n`
      const strict = await apply(path, 'a', twice, '&fieldValidation=Strict')
      expect([strict.status, strict.json.message]).toEqual([
        400,
        'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 10: key "unknownDupe" already set in map\n  line 12: key "knownField1" already set in map',
      ])
      const unknown = `${head}  unknownMeta: x\nspec:\n  template:\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata:\n      name: d\n      unknownSubMeta: x\n`
      const refused = await apply(path, 'a', unknown, '&fieldValidation=Strict')
      expect([refused.status, refused.json.message]).toEqual([
        500,
        'failed to create typed patch object (/mytest; sea.example.com/v1, Kind=Crate): errors:\n  .metadata.unknownMeta: field not declared in schema\n  .spec.template.metadata.unknownSubMeta: field not declared in schema',
      ])
      const warned = await apply(path, 'a', twice)
      expect([warned.status, warned.json.spec]).toEqual([
        201,
        { unknown: 'uk1', unknownDupe: 'ukd2', knownField1: 'kf2' },
      ])
      expect(warned.headers.warning).toBe(
        '299 - "line 10: key \\"unknownDupe\\" already set in map", 299 - "line 12: key \\"knownField1\\" already set in map"',
      )
    })

    test('follow a list that becomes one leaf', async () => {
      const path = `${ships}/changed`
      await apply(path, 'a', ship('changed', { masts: [{ name: 'fore' }] }))
      const { masts: _, ...others } = schema(keyed).openAPIV3Schema.properties.spec.properties
      const atomic = { ...others, masts: { type: 'array', items: mast } }
      const operations = [0, 1].map(i => ({
        op: 'replace',
        path: `/spec/versions/${i}/schema/openAPIV3Schema/properties/spec/properties`,
        value: atomic,
      }))
      expect((await send('application/json-patch+json', `${crds}/ships.sea.example.com`, '', operations)).status).toBe(
        200,
      )
      await eventually(async () => {
        await merge(path, 'b', { spec: { crew: Math.floor(Math.random() * 1000) + 10 } })
        return JSON.stringify(await fieldsOf(path, 'a')) === '{"f:spec":{"f:masts":{}}}'
      })
      const refused = await apply(path, 'c', ship('changed', { masts: [{ name: 'main' }] }))
      expect(refused.json.message).toBe('Apply failed with 1 conflict: conflict with "a": .spec.masts')
    })
  })

  describe('kubectl', () => {
    const run = async (args: string[], input?: string) => (await kubectl.run(args, input)).stdout.trim()
    const failed = async (args: string[], input?: string) =>
      kubectl.run(args, input).then(
        () => '',
        error => `${error.stderr ?? error.message}`,
      )
    const manifest = (replicas: number, name = 'kube') => JSON.stringify(deployment(name, { replicas }))
    const serverSide = ['apply', '--server-side', '-f', '-']

    withKubectl('applies on the server, and tells of conflicts', async () => {
      expect(await run(serverSide, manifest(1))).toBe('deployment.apps/kube serverside-applied')
      expect(await run(serverSide, manifest(1))).toBe('deployment.apps/kube serverside-applied')
      expect(await run(['scale', 'deployment', 'kube', '--replicas=3'])).toBe('deployment.apps/kube scaled')
      const refused = await failed(serverSide, manifest(1))
      expect(refused).toContain(
        'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
      )
      expect(await run([...serverSide, '--force-conflicts'], manifest(2))).toBe(
        'deployment.apps/kube serverside-applied',
      )
      expect(await run(['get', 'deployment', 'kube', '-o', 'jsonpath={.spec.replicas}'])).toBe('2')
      const shown = await run(['get', 'deployment', 'kube', '-o', 'yaml', '--show-managed-fields'])
      expect(shown).toContain('manager: kubectl')
      expect(shown).toContain('k:{"name":"web"}:')
      expect(await run(['get', 'deployment', 'kube', '-o', 'yaml'])).not.toContain('managedFields')
    })

    withKubectl('shows what an apply on the server would change', async () => {
      await run(serverSide, manifest(1, 'diffed'))
      expect(await run(['diff', '--server-side', '-f', '-'], manifest(1, 'diffed'))).toBe('')
      const error = await kubectl
        .run(['diff', '--server-side', '-f', '-'], manifest(7, 'diffed'))
        .catch(reason => reason)
      expect(error.stdout ?? error.message).toContain('+  replicas: 7')
      expect(await run(['get', 'deployment', 'diffed', '-o', 'jsonpath={.spec.replicas}'])).toBe('1')
    })

    withKubectl('goes over from client-side apply to the server without conflicts', async () => {
      await run(['apply', '-f', '-'], manifest(1, 'moved'))
      expect((await entries(`${deployments}/moved`)).map(({ manager }) => manager)).toEqual([
        'kubectl-client-side-apply',
      ])
      expect(await run(serverSide, manifest(2, 'moved'))).toBe('deployment.apps/moved serverside-applied')
      const after = await entries(`${deployments}/moved`)
      expect(after.map(({ manager, operation }) => `${manager} ${operation}`)).toContain('kubectl Apply')
      const without = JSON.stringify({ ...deployment('moved') })
      expect(await run(serverSide, without)).toBe('deployment.apps/moved serverside-applied')
      expect(await run(['get', 'deployment', 'moved', '-o', 'jsonpath={.spec.replicas}'])).toBe('1')
    })
  })

  test('managedFields of null are none', async () => {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'unmanaged', managedFields: null } }
    const headers = { 'content-type': 'application/apply-patch+yaml' }
    const path = '/api/v1/namespaces/default/configmaps/unmanaged?fieldManager=a'
    const first = await api.ask('PATCH', path, { body, headers })
    expect(first.status).toBe(201)
    const again = await api.ask('PATCH', path, { body, headers })
    expect([again.status, again.json]).toEqual([200, first.json])
  })
})
