// Objects of custom kinds: what comes in is pruned, completed and checked; versions, status, scale, columns and selectors
// are as their definition says.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Answer, startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { changeSpec, definition, definitionsPath, establish, version } from '../harness/custom-kinds.ts'
import { eventually } from '../harness/eventually.ts'
import { type Kubectl, kubectlFor } from '../harness/kubectl.ts'
import { openWatch } from '../harness/watch.ts'

const json = (type: string) => ({ headers: { 'content-type': `application/${type}+json` } })

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

const pathOf = (plural: string, v = 'v1') => `/apis/example.com/${v}/namespaces/default/${plural}`
const kindOf = (plural: string) => plural.charAt(0).toUpperCase() + plural.slice(1, -1)
const objectOf = (plural: string, name: string, more = {}, v = 'v1') => ({
  apiVersion: `example.com/${v}`,
  kind: kindOf(plural),
  metadata: { name },
  ...more,
})
const make = (plural: string, name: string, more = {}, query = ''): Promise<Answer> =>
  api.ask('POST', `${pathOf(plural)}${query}`, { body: objectOf(plural, name, more) })
const get = async (plural: string, name: string, v = 'v1') =>
  (await api.ask('GET', `${pathOf(plural, v)}/${name}`)).json
const messageOf = ({ json: { message } }: Answer) => message
const patch = (plural: string, name: string, body: unknown) =>
  api.ask('PATCH', `${pathOf(plural)}/${name}`, { body, ...json('merge-patch') })

describe('what comes in', () => {
  beforeAll(async () => {
    const properties = {
      spec: {
        type: 'object',
        required: ['size'],
        properties: {
          size: { type: 'integer', minimum: 1, maximum: 10 },
          color: { type: 'string', enum: ['red', 'green'], default: 'red' },
          port: { 'x-kubernetes-int-or-string': true },
          when: { type: 'string', format: 'date-time', nullable: true },
          code: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
          tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
          parts: {
            type: 'array',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['name'],
            items: {
              type: 'object',
              required: ['name'],
              properties: { name: { type: 'string' }, count: { type: 'integer', default: 1 } },
            },
          },
          free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          pod: {
            type: 'object',
            'x-kubernetes-embedded-resource': true,
            'x-kubernetes-preserve-unknown-fields': true,
          },
          end: {
            type: 'object',
            properties: { url: { type: 'string' }, service: { type: 'string' } },
            oneOf: [{ required: ['url'] }, { required: ['service'] }],
          },
        },
      },
    }
    await establish(api, definition('gears', [version(properties)]))
  })

  test('is pruned, completed, and warned of', async () => {
    const made = await make('gears', 'pruned', { spec: { size: 1, teeth: 3, parts: [{ name: 'a', x: 1 }] }, extra: 1 })
    expect(made.status).toBe(201)
    expect(made.json.spec).toEqual({ size: 1, color: 'red', parts: [{ name: 'a', count: 1 }] })
    expect(made.json).not.toHaveProperty('extra')
    expect(made.headers.warning).toContain('unknown field \\"spec.teeth\\"')
  })

  test('is refused for unknown and duplicate fields when that is asked for', async () => {
    const strict = await make('gears', 'strict', { spec: { size: 1, teeth: 3 } }, '?fieldValidation=Strict')
    expect([strict.status, messageOf(strict)]).toEqual([
      400,
      'Gear in version "v1" cannot be handled as a Gear: strict decoding error: unknown field "spec.teeth"',
    ])
    const body = JSON.stringify(objectOf('gears', 'twice', { spec: { size: 1 } })).replace(
      '"size":1',
      '"size":1,"size":2',
    )
    const twice = await api.ask('POST', `${pathOf('gears')}?fieldValidation=Strict`, { body })
    expect(messageOf(twice)).toContain('strict decoding error: duplicate field "spec.size"')
    const ignored = await make('gears', 'ignored', { spec: { size: 1, teeth: 3 } }, '?fieldValidation=Ignore')
    expect(ignored.headers.warning).toBeUndefined()
  })

  test('keeps what the schema leaves free, and no more', async () => {
    const { json: made } = await make('gears', 'free', {
      spec: { size: 1, free: { a: { b: [1] } }, port: '80', when: null, code: null },
    })
    expect(made.spec).toEqual({ size: 1, color: 'red', free: { a: { b: [1] } }, port: '80', when: null })
  })

  test.each([
    [{}, 'spec.size: Required value'],
    [{ size: 'x' }, 'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"'],
    [{ size: 1.5 }, 'spec.size: Invalid value: "number": spec.size in body must be of type integer: "number"'],
    [{ size: 0 }, 'spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1'],
    [{ size: 11 }, 'spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10'],
    [{ size: 1, color: 'blue' }, 'spec.color: Unsupported value: "blue": supported values: "red", "green"'],
    [
      { size: 1, port: true },
      'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
    ],
    [{ size: 1, when: 'now' }, 'spec.when: Invalid value: "now": spec.when in body must be of type date-time: "now"'],
    [{ size: 1, code: 'A' }, `spec.code: Invalid value: "A": spec.code in body should match '^[a-z]+$'`],
    [{ size: 1, code: 'abcdef' }, 'spec.code: Too long: may not be more than 5 bytes'],
    [{ size: 1, tags: ['a', 'b', 'a'] }, 'spec.tags[2]: Duplicate value: "a"'],
    [{ size: 1, parts: [{ name: 'a' }, { name: 'a' }] }, 'spec.parts[1]: Duplicate value: {"name":"a"}'],
    [{ size: 1, pod: { kind: 'Pod' } }, 'spec.pod.apiVersion: Required value: must not be empty'],
    [
      { size: 1, end: {} },
      '<nil>: Invalid value: "": "spec.end" must validate one and only one schema (oneOf). Found none valid',
    ],
    [
      { size: 1, end: { url: 'a', service: 'b' } },
      '"spec.end" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ],
  ])('is checked: %j', async (spec, text) => {
    const answer = await make('gears', 'checked', { spec })
    expect(answer.status).toBe(422)
    expect(messageOf(answer)).toContain('Gear.example.com "checked" is invalid: ')
    expect(messageOf(answer)).toContain(text)
  })

  test('must say what it is', async () => {
    const post = (body: unknown) => api.ask('POST', pathOf('gears'), { body })
    const metadata = { name: 'what' }
    expect(messageOf(await post({ apiVersion: 'example.com/v1', metadata }))).toContain(
      `Gear in version "v1" cannot be handled as a Gear: Object 'Kind' is missing in '`,
    )
    expect(messageOf(await post({ apiVersion: 'example.com/v2', kind: 'Gear', metadata }))).toBe(
      'the API version in the data (example.com/v2) does not match the expected API version (example.com/v1)',
    )
    expect(messageOf(await post({ apiVersion: 'example.com/v1', kind: 'Gearbox', metadata }))).toBe(
      'Gearbox.example.com "what" is invalid: kind: Invalid value: "Gearbox": must be Gear',
    )
    const badLabels = objectOf('gears', 'what', { metadata: { name: 'what', labels: { a: 1 } }, spec: { size: 1 } })
    expect(messageOf(await post(badLabels))).toContain(
      'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string',
    )
    const noMeta = await post(objectOf('gears', 'No_Name', { spec: { size: 1 } }))
    expect(messageOf(noMeta)).toContain('metadata.name: Invalid value: "No_Name": a lowercase RFC 1123 subdomain')
  })

  test('is patched by JSON, by merging and by apply, not strategically', async () => {
    await make('gears', 'patched', { spec: { size: 1 } })
    const path = `${pathOf('gears')}/patched`
    const strategic = await api.ask('PATCH', path, { body: {}, ...json('strategic-merge-patch') })
    expect([strategic.status, messageOf(strategic)]).toEqual([
      415,
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    ])
    const merged = await patch('gears', 'patched', { spec: { size: 2, odd: 1 } })
    expect(merged.json.spec).toEqual({ size: 2, color: 'red' })
    const wrong = await patch('gears', 'patched', { spec: { size: 'x' } })
    expect(wrong.status).toBe(422)
    const applied = await api.ask('PATCH', `${path}?fieldManager=me&force=true`, {
      body: objectOf('gears', 'patched', { spec: { size: 3, parts: [{ name: 'a', count: 2 }] } }),
      headers: { 'content-type': 'application/apply-patch+yaml' },
    })
    expect(applied.json.spec).toEqual({ size: 3, color: 'red', parts: [{ name: 'a', count: 2 }] })
    const mine = applied.json.metadata.managedFields.find(({ manager }: { manager: string }) => manager === 'me')
    expect(mine.fieldsV1['f:spec']['f:parts']).toHaveProperty('k:{"name":"a"}')
  })

  test('is replaced only by who has seen it, and counts its generations', async () => {
    const { json: made } = await make('gears', 'seen', { spec: { size: 1 } })
    const put = (object: unknown) => api.ask('PUT', `${pathOf('gears')}/seen`, { body: object })
    const { resourceVersion: _, ...metadata } = made.metadata
    const blind = await put({ ...made, metadata })
    expect(messageOf(blind)).toContain('metadata.resourceVersion: Invalid value: 0: must be specified for an update')
    const changed = await put({ ...made, spec: { size: 2 } })
    expect([made.metadata.generation, changed.json.metadata.generation]).toEqual([1, 2])
    const relabelled = await patch('gears', 'seen', { metadata: { labels: { a: 'b' }, finalizers: ['plain'] } })
    expect(relabelled.json.metadata.generation).toBe(2)
    expect(relabelled.headers.warning).toContain('prefer a domain-qualified finalizer name')
  })

  test('goes alone and in numbers', async () => {
    for (const name of ['d1', 'd2', 'd3'])
      await make('gears', name, { metadata: { name, labels: { d: '1' } }, spec: { size: 1 } })
    const one = await api.ask('DELETE', `${pathOf('gears')}/d1`)
    expect(one.json).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'd1', group: 'example.com', kind: 'gears' },
    })
    const all = await api.ask('DELETE', `${pathOf('gears')}?labelSelector=d%3D1`)
    expect(all.json.items).toHaveLength(2)
    expect(all.json).toMatchObject({ kind: 'GearList', apiVersion: 'example.com/v1' })
    expect((await api.ask('GET', `${pathOf('gears')}?labelSelector=d%3D1`)).json.items).toEqual([])
  })
})

describe('versions over one storage', () => {
  test('each shows every object, pruned and completed by its own schema', async () => {
    const of = (name: string, properties: object, storage: boolean) =>
      version({ spec: { type: 'object', properties } } as Parameters<typeof version>[0], { name, storage })
    const old = of('v1', { size: { type: 'integer' }, old: { type: 'string' } }, true)
    const next = of('v2', { size: { type: 'integer' }, color: { type: 'string', default: 'red' } }, false)
    await establish(api, definition('wheels', [old, { ...next, deprecated: true }]))
    await make('wheels', 'a', { spec: { size: 1, old: 'x' } })
    const asNext = await api.ask('GET', `${pathOf('wheels', 'v2')}/a`)
    expect(asNext.json).toMatchObject({ apiVersion: 'example.com/v2', spec: { size: 1, color: 'red' } })
    expect(asNext.json.spec).not.toHaveProperty('old')
    expect(asNext.headers.warning).toBe('299 - "example.com/v2 Wheel is deprecated"')
    const body = objectOf('wheels', 'b', { spec: { size: 2 } }, 'v2')
    expect((await api.ask('POST', pathOf('wheels', 'v2'), { body })).json.apiVersion).toBe('example.com/v2')
    const list = (await api.ask('GET', pathOf('wheels'))).json
    expect(list.items.map(({ apiVersion }: { apiVersion: string }) => apiVersion)).toEqual([
      'example.com/v1',
      'example.com/v1',
    ])

    const watching = await openWatch(api, `${pathOf('wheels', 'v2')}?watch=1`)
    await patch('wheels', 'b', { spec: { size: 3 } })
    const { object } = await watching.until(
      ({ type, object: seen }) => type === 'MODIFIED' && seen.metadata.name === 'b',
    )
    expect(object).toMatchObject({ apiVersion: 'example.com/v2', spec: { size: 3, color: 'red' } })
    watching.stop()

    await changeSpec(api, 'wheels.example.com', spec => {
      spec.versions = [
        { ...old, storage: false },
        { ...next, storage: true },
      ]
    })
    await eventually(async () => (await get('wheels', 'a', 'v2')).apiVersion === 'example.com/v2')
    expect((await get('wheels', 'a')).spec).toEqual({ size: 1, old: 'x' })
    await patch('wheels', 'a', { spec: { size: 9 } })
    expect((await get('wheels', 'a', 'v2')).spec).toEqual({ size: 9, color: 'red' })
    const crd = (await api.ask('GET', `${definitionsPath}/wheels.example.com`)).json
    expect(crd.status.storedVersions).toEqual(['v1', 'v2'])
    const table = await kubectl.run(['get', 'wheels.v1.example.com', 'a', '-o', 'jsonpath={.apiVersion} {.spec.size}'])
    expect(table.stdout).toBe('example.com/v1 9')
  })

  test('a version that only a webhook could make is refused, not made up', async () => {
    const schema = { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
    const versions = [version(schema), version(schema, { name: 'v2', storage: false })]
    const webhook = { clientConfig: { url: 'https://example.com/convert' }, conversionReviewVersions: ['v1'] }
    await establish(api, definition('valves', versions, { conversion: { strategy: 'Webhook', webhook } }))
    expect((await make('valves', 'a', { spec: { x: 1 } })).status).toBe(201)
    expect((await get('valves', 'a')).spec).toEqual({ x: 1 })
    const other = await api.ask('GET', `${pathOf('valves', 'v2')}/a`)
    expect([other.status, messageOf(other)]).toEqual([
      500,
      'conversion webhook for example.com/v2, Kind=Valve failed: this server does not call conversion webhooks',
    ])
    const list = await api.ask('GET', pathOf('valves', 'v2'))
    expect([list.status, messageOf(list)]).toEqual([500, messageOf(other)])
    const watching = await openWatch(api, `${pathOf('valves', 'v2')}?watch=1`)
    const { object } = await watching.until(({ type }) => type === 'ERROR')
    expect(object).toMatchObject({ kind: 'Status', code: 500, message: messageOf(other) })
    watching.stop()
    const body = objectOf('valves', 'b', { spec: {} }, 'v2')
    expect((await api.ask('POST', pathOf('valves', 'v2'), { body })).status).toBe(500)
  })
})

describe('subresources', () => {
  beforeAll(async () => {
    const properties = {
      spec: { type: 'object', properties: { replicas: { type: 'integer', minimum: 0 } } },
      status: {
        type: 'object',
        properties: { replicas: { type: 'integer' }, selector: { type: 'string' }, phase: { type: 'string' } },
      },
    }
    const paths = {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.selector',
    }
    const subresources = { status: {}, scale: paths }
    await establish(api, definition('fleets', [version(properties, { subresources })]))
  })

  test('status is written apart', async () => {
    const { json: made } = await make('fleets', 'apart', { spec: { replicas: 1 }, status: { phase: 'Up' } })
    expect(made).not.toHaveProperty('status')
    const path = `${pathOf('fleets')}/apart/status`
    const written = await api.ask('PUT', path, {
      body: {
        ...made,
        metadata: { ...made.metadata, labels: { a: 'b' } },
        spec: { replicas: 5 },
        status: { phase: 'Up', odd: 1 },
      },
    })
    expect(written.json).toMatchObject({ spec: { replicas: 1 }, status: { phase: 'Up' } })
    expect(written.json.metadata).not.toHaveProperty('labels')
    expect(written.json.metadata.generation).toBe(1)
    const wrong = await api.ask('PATCH', path, { body: { status: { phase: 1 } }, ...json('merge-patch') })
    expect(messageOf(wrong)).toContain(
      'status.phase: Invalid value: "integer": phase in body must be of type string: "integer"',
    )
    const kept = await patch('fleets', 'apart', { spec: { replicas: 2 }, status: { phase: 'Down' } })
    expect(kept.json).toMatchObject({ spec: { replicas: 2 }, status: { phase: 'Up' }, metadata: { generation: 2 } })
  })

  test('scale is where the definition says', async () => {
    await make('fleets', 'scaled', { spec: { replicas: 1 } })
    const path = `${pathOf('fleets')}/scaled/scale`
    await api.ask('PATCH', `${pathOf('fleets')}/scaled/status`, {
      body: { status: { replicas: 1, selector: 'a=b' } },
      ...json('merge-patch'),
    })
    const scale = await api.ask('GET', path)
    expect(scale.json).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 1 },
      status: { replicas: 1, selector: 'a=b' },
    })
    await kubectl.run(['scale', 'fleet/scaled', '--replicas=4'])
    expect(await get('fleets', 'scaled')).toMatchObject({ spec: { replicas: 4 }, metadata: { generation: 2 } })
    const negative = await api.ask('PATCH', path, { body: { spec: { replicas: -1 } }, ...json('merge-patch') })
    expect([negative.status, messageOf(negative)]).toEqual([
      422,
      expect.stringContaining('spec.replicas: Invalid value: -1: must be greater than or equal to 0'),
    ])
    await make('fleets', 'unsaid', { spec: {} })
    const unsaid = await api.ask('GET', `${pathOf('fleets')}/unsaid/scale`)
    expect([unsaid.status, messageOf(unsaid)]).toEqual([
      500,
      'Internal error occurred: the spec replicas field ".spec.replicas" does not exist',
    ])
    const empty = await api.ask('PATCH', `${pathOf('fleets')}/unsaid/scale`, { body: {}, ...json('merge-patch') })
    expect([empty.status, messageOf(empty)]).toEqual([400, 'the spec replicas field ".spec.replicas" cannot be empty'])
    const said = await api.ask('PATCH', `${pathOf('fleets')}/unsaid/scale`, {
      body: { spec: { replicas: 2 } },
      ...json('merge-patch'),
    })
    expect([said.status, said.json.spec]).toEqual([200, { replicas: 2 }])
  })
})

describe('reading', () => {
  beforeAll(async () => {
    const properties = {
      spec: {
        type: 'object',
        properties: { color: { type: 'string' }, size: { type: 'integer' }, on: { type: 'boolean' } },
      },
      status: {
        type: 'object',
        properties: {
          conditions: {
            type: 'array',
            items: { type: 'object', properties: { type: { type: 'string' }, status: { type: 'string' } } },
          },
        },
      },
    }
    const additionalPrinterColumns = [
      { name: 'Color', type: 'string', jsonPath: '.spec.color' },
      { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
      { name: 'Size', type: 'integer', jsonPath: '.spec.size', priority: 1 },
      { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ]
    const selectableFields = [{ jsonPath: '.spec.color' }, { jsonPath: '.spec.size' }, { jsonPath: '.spec.on' }]
    await establish(
      api,
      definition('shirts', [version(properties, { additionalPrinterColumns, selectableFields })], {
        names: { plural: 'shirts', kind: 'Shirt', categories: ['all'], shortNames: ['sh'] },
      }),
    )
    await make('shirts', 'a', {
      spec: { color: 'blue', size: 3, on: true },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    })
    await make('shirts', 'b', { spec: { color: 'red' } })
  })

  test('columns are those of the definition', async () => {
    const rows = (await kubectl.run(['get', 'sh'])).stdout
      .trim()
      .split('\n')
      .map(row => row.split(/\s+/))
    expect(rows).toEqual([
      ['NAME', 'COLOR', 'READY', 'AGE'],
      ['a', 'blue', 'True', expect.stringMatching(/^\d+s$/)],
      ['b', 'red', expect.stringMatching(/^\d+s$/)],
    ])
    const wide = (await kubectl.run(['get', 'shirts', 'a', '-o', 'wide'])).stdout
    expect(wide).toMatch(/NAME +COLOR +READY +SIZE +AGE\na +blue +True +3 /)
    expect((await kubectl.run(['get', 'all', '-o', 'name'])).stdout).toContain('shirt.example.com/a')
  })

  test.each([
    ['spec.color=blue', ['a']],
    ['spec.color!=blue', ['b']],
    ['spec.size=3', ['a']],
    ['spec.on=true', ['a']],
    ['spec.size=', ['b']],
    ['metadata.name=b', ['b']],
  ])('fields select: %s', async (selector, names) => {
    const { json: list } = await api.ask('GET', `${pathOf('shirts')}?fieldSelector=${encodeURIComponent(selector)}`)
    expect(list.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual(names)
  })

  test('other fields do not', async () => {
    const answer = await api.ask('GET', `${pathOf('shirts')}?fieldSelector=spec.x%3D1`)
    expect([answer.status, messageOf(answer)]).toEqual([
      400,
      expect.stringContaining('field label not supported: spec.x'),
    ])
  })

  test('explain and discovery know the kind', async () => {
    const explained = async () => (await kubectl.run(['explain', 'shirts.spec'])).stdout
    await eventually(async () => (await explained()).includes('color'))
    const { json: resources } = await api.ask('GET', '/apis/example.com/v1')
    expect(resources.resources).toContainEqual(
      expect.objectContaining({
        name: 'shirts',
        singularName: 'shirt',
        kind: 'Shirt',
        namespaced: true,
        shortNames: ['sh'],
        categories: ['all'],
      }),
    )
  })

  test('a kind of the cluster is found in no namespace, and one of a namespace in no other place', async () => {
    await establish(api, definition('planets', [version({})], { scope: 'Cluster' }))
    const body = { apiVersion: 'example.com/v1', kind: 'Planet', metadata: { name: 'mars' } }
    expect((await api.ask('POST', '/apis/example.com/v1/planets', { body })).status).toBe(201)
    for (const path of [`${pathOf('planets')}/mars`, pathOf('planets'), '/apis/example.com/v1/shirts/a']) {
      expect((await api.ask('GET', path)).status).toBe(404)
    }
    expect((await api.ask('DELETE', `${pathOf('planets')}/mars`)).status).toBe(404)
  })
})

describe('a schema that changes', () => {
  test('leaves objects that were valid as they are, as long as the wrong part is not touched', async () => {
    const schemaOf = (limit: number) =>
      version({
        spec: {
          type: 'object',
          properties: { size: { type: 'integer', maximum: limit }, note: { type: 'string' } },
        },
      })
    await establish(api, definition('boxes', [schemaOf(100)], { names: { plural: 'boxes', kind: 'Boxe' } }))
    await make('boxes', 'big', { spec: { size: 50 } })
    await changeSpec(api, 'boxes.example.com', spec => {
      spec.versions = [schemaOf(10)]
    })
    await eventually(async () => (await make('boxes', 'new', { spec: { size: 50 } }, '?dryRun=All')).status === 422)
    expect((await patch('boxes', 'big', { spec: { note: 'x' } })).json.spec).toEqual({ size: 50, note: 'x' })
    expect((await patch('boxes', 'big', { metadata: { labels: { a: 'b' } } })).status).toBe(200)
    const touched = await patch('boxes', 'big', { spec: { size: 49 } })
    expect(messageOf(touched)).toContain('spec.size in body should be less than or equal to 10')
  })

  test('changes what is read of them, and ends watches that began before', async () => {
    const schemaOf = (properties: object) =>
      version({ spec: { type: 'object', properties } } as Parameters<typeof version>[0])
    const size = { size: { type: 'integer' } }
    await establish(api, definition('trays', [schemaOf({ ...size, gone: { type: 'string' } })]))
    await make('trays', 'a', { spec: { size: 1, gone: 'x' } })
    const before = await openWatch(api, `${pathOf('trays')}?watch=1`)
    await before.until(({ type }) => type === 'ADDED')
    await changeSpec(api, 'trays.example.com', spec => {
      spec.versions = [schemaOf({ ...size, color: { type: 'string', default: 'red' } })]
    })
    await eventually(async () => (await get('trays', 'a')).spec.color === 'red')
    expect((await get('trays', 'a')).spec).toEqual({ size: 1, color: 'red' })
    const after = await openWatch(api, `${pathOf('trays')}?watch=1`)
    await patch('trays', 'a', { spec: { size: 2 } })
    const { object } = await after.until(({ type }) => type === 'MODIFIED')
    expect(object).toMatchObject({ spec: { size: 2, color: 'red' } })
    expect(before.events.filter(({ type }) => type === 'MODIFIED')).toEqual([])
    before.stop()
    after.stop()
  })
})
