// What a read may ask for: how new, how much, which part, and in which form. The rules are those of the API concepts page.

import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { connectEtcd } from '../../lib/storage/etcd-kv.ts'
import type { Kv } from '../../lib/storage/kv.ts'
import { type Answer, startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd, type Etcd, startEtcd } from '../harness/etcd.ts'

const describe = await describeWithEtcd()
const maps = '/api/v1/namespaces/reads/configmaps'
const names = ['a', 'b', 'c', 'd', 'e']
const far = '999999999'
const protobuf = 'application/vnd.kubernetes.protobuf'

describe('reads', () => {
  let etcd: Etcd
  let kv: Kv
  let api: TestApiServer
  /** The list's version when all five were there and nothing had changed. */
  let first: string
  /** And after `b` was changed and `e` had gone. */
  let second: string

  const get = (path: string, headers: Record<string, string> = {}) => api.ask('GET', path, { headers })
  const list = (query = '', headers = {}) => get(`${maps}?${query}`, headers)
  const namesIn = ({ json }: Answer) => json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)
  const eventsIn = ({ text }: Answer) => {
    const lines = text.split('\n').filter(line => line !== '')
    return lines.map(line => JSON.parse(line))
  }
  const make = (name: string, labels = {}) =>
    api.ask('POST', maps, { body: { metadata: { name, labels }, data: { v: '1' } } })

  beforeAll(async () => {
    etcd = await startEtcd()
    kv = connectEtcd(etcd.clientOptions)
    api = await startApiServer({ etcd })
    await api.ask('POST', '/api/v1/namespaces', { body: { metadata: { name: 'reads' } } })
    for (const name of names) await make(name, { vowel: `${'ae'.includes(name)}` })
    first = (await list()).json.metadata.resourceVersion
    await api.ask('PATCH', `${maps}/b`, {
      body: { data: { v: '2' } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    await api.ask('DELETE', `${maps}/e`)
    second = (await list()).json.metadata.resourceVersion
  })
  afterAll(async () => {
    await api.stop()
    kv.close()
    await etcd.stop()
  })

  const then = () => first
  const abcd = names.slice(0, 4)

  test.each<[query: () => string, expected: string[], version: () => string, b: string]>([
    [() => '', abcd, () => second, '2'],
    [() => 'resourceVersion=0', abcd, () => second, '2'],
    [() => `resourceVersion=${first}`, abcd, () => second, '2'],
    [() => 'resourceVersion=0&resourceVersionMatch=NotOlderThan', abcd, () => second, '2'],
    [() => `resourceVersion=${first}&resourceVersionMatch=NotOlderThan`, abcd, () => second, '2'],
    [() => `resourceVersion=${first}&resourceVersionMatch=NotOlderThan&limit=3`, ['a', 'b', 'c'], () => second, '2'],
    [() => `resourceVersion=${first}&resourceVersionMatch=Exact`, names, then, '1'],
    [() => `resourceVersion=${first}&resourceVersionMatch=Exact&limit=2`, ['a', 'b'], then, '1'],
    [() => `resourceVersion=${first}&limit=2`, ['a', 'b'], then, '1'],
    [() => 'resourceVersion=0&limit=2', ['a', 'b'], () => second, '2'],
    [() => 'limit=-1', abcd, () => second, '2'],
    [() => `resourceVersion=${first}&resourceVersionMatch=Exact&labelSelector=vowel=false`, ['b', 'c', 'd'], then, '1'],
    [() => `resourceVersion=${first}&resourceVersionMatch=Exact&fieldSelector=metadata.name=b`, ['b'], then, '1'],
  ])('a list of the right version: %#', async (query, expected, version, b) => {
    const answer = await list(query())
    expect(namesIn(answer)).toEqual(expected)
    expect(answer.json.metadata.resourceVersion).toBe(version())
    const item = answer.json.items.find(({ metadata }: { metadata: { name: string } }) => metadata.name === 'b')
    expect(item.data.v).toBe(b)
  })

  test.each(['', 'resourceVersion=0', 'resourceVersion=1'])('get %p', async query => {
    expect((await get(`${maps}/b?${query}`)).json.data.v).toBe('2')
  })

  const tooLarge = (version: string) => new RegExp(`^Timeout: Too large resource version: ${version}, current: \\d+$`)

  test('a version still to come is waited for, and refused with when to try again', async () => {
    const paths = [`${maps}/b?`, `${maps}?`, `${maps}?resourceVersionMatch=Exact&`, `${maps}?limit=1&`]
    for (const answer of await Promise.all(paths.map(path => get(`${path}resourceVersion=${far}`)))) {
      expect(answer).toMatchObject({ status: 504, headers: { 'retry-after': '1' } })
      expect(answer.json).toMatchObject({
        reason: 'Timeout',
        details: {
          retryAfterSeconds: 1,
          causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        },
      })
      expect(answer.json.message).toMatch(tooLarge(far))
    }
    const next = `${Number(second) + 1}`
    const waiting = list(`resourceVersion=${next}`)
    await make('next')
    expect(namesIn(await waiting)).toContain('next')
    await api.ask('DELETE', `${maps}/next`)
  })

  const invalid = (why: string) => `ListOptions.meta.k8s.io "" is invalid: ${why}`
  const forbidden = (field: string, why: string) => invalid(`${field}: Forbidden: ${why}`)
  const token = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url')
  const unparsable = 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax'
  const unknownField = '"data.v" is not a known field selector: only "metadata.name", "metadata.namespace"'
  const badToken = 'invalid continue token: continue key is not valid'

  test.each<[method: string, query: string, status: number, message: string]>([
    ['GET', 'resourceVersion=x', 400, `invalid resource version: ${unparsable}`],
    ['GET', 'watch=1&resourceVersion=x', 400, unparsable],
    ['GET', 'limit=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['GET', 'limit=9223372036854775808', 400, 'strconv.ParseInt: parsing "9223372036854775808": value out of range'],
    ['GET', 'labelSelector=!', 400, "unable to parse requirement: found '', expected: identifier"],
    ['GET', 'fieldSelector=data.v=1', 400, unknownField],
    [
      'GET',
      'resourceVersionMatch=Exact',
      422,
      forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
    ],
    [
      'GET',
      'resourceVersion=0&resourceVersionMatch=Exact',
      422,
      forbidden('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
    ],
    [
      'GET',
      'resourceVersion=1&resourceVersionMatch=Newer',
      422,
      invalid('resourceVersionMatch: Unsupported value: "Newer": supported values: "Exact", "NotOlderThan", ""'),
    ],
    [
      'GET',
      'continue=x&resourceVersion=1&resourceVersionMatch=NotOlderThan',
      422,
      forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'),
    ],
    ['GET', 'sendInitialEvents=true', 422, forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')],
    [
      'GET',
      'watch=1&sendInitialEvents=true',
      422,
      forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'),
    ],
    [
      'GET',
      'watch=1&resourceVersion=1&resourceVersionMatch=NotOlderThan',
      422,
      forbidden(
        'resourceVersionMatch',
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ),
    ],
    [
      'GET',
      'watch=1&sendInitialEvents=true&resourceVersion=1&resourceVersionMatch=Exact',
      422,
      invalid(
        '[resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan, ' +
          'resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan"]',
      ),
    ],
    [
      'DELETE',
      'resourceVersion=0&resourceVersionMatch=Exact',
      422,
      forbidden('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
    ],
    ['DELETE', 'fieldSelector=data.v=1', 400, unknownField],
    ['GET', 'continue=!', 400, `${badToken}: illegal base64 data at input byte 0`],
    ['GET', `continue=${token({ v: 'v0' })}`, 400, `${badToken}: server does not recognize this encoded version v0`],
    [
      'GET',
      `continue=${token({ v: 'meta.k8s.io/v1', rv: 5, start: '../secrets/x' })}`,
      400,
      `${badToken}: ../secrets/x`,
    ],
    [
      'GET',
      `continue=${token({ v: 'meta.k8s.io/v1', rv: 5, start: 'a' })}&resourceVersion=5`,
      400,
      'specifying resource version is not allowed when using continue',
    ],
  ])('%s ?%s is refused', async (method, query, status, message) => {
    const { json } = await api.ask(method, `${maps}?${query}`)
    expect({ code: json.code, message: json.message }).toEqual({ code: status, message })
  })

  test('pages are of one snapshot, whatever is written meanwhile', async () => {
    const seen: string[] = []
    let answer = await list('limit=2')
    const { resourceVersion } = answer.json.metadata
    expect(answer.json.metadata.remainingItemCount).toBe(2)
    for (let next = ''; ; ) {
      seen.push(...namesIn(answer))
      expect(answer.json.metadata.resourceVersion).toBe(resourceVersion)
      next = answer.json.metadata.continue
      if (!next) break
      await make(`between-${seen.length}`)
      answer = await list(`limit=2&continue=${next}`)
    }
    expect(seen).toEqual(abcd)
    expect(answer.json.metadata.remainingItemCount).toBeUndefined()
    const selected = await list('limit=1&labelSelector=vowel=false')
    expect(selected.json.metadata.continue).toBeTruthy()
    expect(selected.json.metadata.remainingItemCount).toBeUndefined()
    await api.ask('DELETE', `${maps}?labelSelector=!vowel`)
  })

  test('what this server never saw is read from etcd, a page at a time', async () => {
    const younger = await startApiServer({ etcd })
    const pages = async (query: string) => {
      const seen: string[][] = []
      for (let next = `resourceVersion=${first}`; ; ) {
        const answer = await younger.ask('GET', `${maps}?limit=2&${query}&${next}`)
        expect(answer.json.metadata.resourceVersion).toBe(first)
        seen.push(namesIn(answer))
        if (!answer.json.metadata.continue) return seen
        next = `continue=${answer.json.metadata.continue}`
      }
    }
    try {
      expect(await pages('')).toEqual([['a', 'b'], ['c', 'd'], ['e']])
      expect(await pages('labelSelector=vowel=false')).toEqual([['b', 'c'], ['d']])
      const answer = await younger.ask('GET', `${maps}?limit=2&resourceVersion=${first}`)
      expect(answer.json.metadata.remainingItemCount).toBe(3)
    } finally {
      await younger.stop()
    }
  })

  test('behind a compaction: 410, and a token for what is there now', async () => {
    const { json } = await list('limit=2')
    await make('bb')
    const { json: now } = await list()
    await kv.compact(BigInt(now.metadata.resourceVersion))
    // A server that still has the snapshot must say the same as one that never had it.
    const known = await list(`limit=2&continue=${json.metadata.continue}`)
    const younger = await startApiServer({ etcd })
    try {
      const refused = await younger.ask('GET', `${maps}?limit=2&continue=${json.metadata.continue}`)
      expect(known.json).toEqual(refused.json)
      expect(refused.json).toMatchObject({
        code: 410,
        reason: 'Expired',
        message:
          'The provided continue parameter is too old to display a consistent list result. You can start a new list ' +
          'without the continue parameter, or use the continue token in this response to retrieve the remainder of ' +
          'the results. Continuing with the provided token results in an inconsistent list - objects that were ' +
          'created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
      })
      await api.ask('DELETE', `${maps}/d`)
      const rest = await younger.ask('GET', `${maps}?continue=${refused.json.metadata.continue}`)
      expect(namesIn(rest)).toEqual(['bb', 'c'].filter(name => name > 'b'))
      expect(Number(rest.json.metadata.resourceVersion)).toBeGreaterThan(Number(now.metadata.resourceVersion))
      const exact = await younger.ask('GET', `${maps}?resourceVersion=${first}&resourceVersionMatch=Exact`)
      expect(exact.json).toMatchObject({
        code: 410,
        reason: 'Expired',
        message: 'The resourceVersion for the provided list is too old.',
      })
    } finally {
      await younger.stop()
    }
    await make('d', { vowel: 'false' })
    await api.ask('DELETE', `${maps}/bb`)
  })

  test('a watch begins where it is told to', async () => {
    const { json } = await list()
    const now = json.metadata.resourceVersion
    await make('w')
    await api.ask('DELETE', `${maps}/w`)
    // Any version, which 0 asks for, may be one from before the deletion until somebody has read past it.
    await list()
    const watched = async (query: string) =>
      eventsIn(await list(`watch=1&timeoutSeconds=1&fieldSelector=metadata.name=w&${query}`)).map(
        ({ type, object }) =>
          `${type} ${object.metadata?.name ?? object.metadata?.annotations?.['k8s.io/initial-events-end'] ?? object.message ?? ''}`,
      )
    const initial = 'resourceVersionMatch=NotOlderThan&allowWatchBookmarks=1&sendInitialEvents'
    const [fromNow, fromThen, all, allFrom0, legacy, none, future, futureInitial] = await Promise.all([
      watched(''),
      watched(`resourceVersion=${now}`),
      watched(`${initial}=true`),
      watched(`${initial}=true&resourceVersion=0`),
      watched('allowWatchBookmarks=true&resourceVersion=0'),
      watched(`${initial}=false`),
      watched(`resourceVersion=${far}`),
      watched(`${initial}=true&resourceVersion=${far}`),
    ])
    expect(fromNow).toEqual([])
    expect(fromThen).toEqual(['ADDED w', 'DELETED w'])
    expect([all, allFrom0, legacy]).toEqual([['BOOKMARK true'], ['BOOKMARK true'], ['BOOKMARK true']])
    expect([none, future]).toEqual([[], []])
    expect(futureInitial).toEqual([expect.stringMatching(/^ERROR Timeout: Too large resource version: 999999999, /)])
  })

  test('the old paths of a watch', async () => {
    const paths = ['watch/namespaces/reads/configmaps', 'watch/namespaces/reads/configmaps/a', 'watch/configmaps']
    for (const path of paths) {
      const events = eventsIn(await get(`/api/v1/${path}?timeoutSeconds=1&labelSelector=vowel=true`))
      expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual(['ADDED a'])
    }
  })

  test('items of built-in kinds leave out what the list says, watch events and single objects do not', async () => {
    const { json } = await list()
    expect(json).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' })
    for (const item of json.items) expect(Object.keys(item)).toEqual(['metadata', 'data'])
    expect(Object.keys((await get(`${maps}/a`)).json)).toEqual(['kind', 'apiVersion', 'metadata', 'data'])
    const [event] = eventsIn(await list('watch=1&timeoutSeconds=1&fieldSelector=metadata.name=a'))
    expect(event.object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' })
  })

  test('data that others wrote, in whatever order and spacing, is listed alike', async () => {
    const foreign = (name: string) => ({ metadata: { name, namespace: 'reads', labels: { 'f/g': name } }, data: {} })
    const head = { apiVersion: 'v1', kind: 'ConfigMap' }
    const values = {
      ours: JSON.stringify({ ...head, ...foreign('ours') }),
      indented: JSON.stringify({ ...foreign('indented'), ...head }, null, 2),
      escaped: JSON.stringify({ ...foreign('escaped'), ...head }).replace('f/g', 'f\\/g'),
    }
    for (const [name, value] of Object.entries(values)) {
      await kv.put(`/registry/configmaps/reads/${name}`, Buffer.from(value), 0n)
    }
    const answer = await list('labelSelector=f/g')
    expect(namesIn(answer)).toEqual(['escaped', 'indented', 'ours'])
    for (const item of answer.json.items) expect(Object.keys(item)).toEqual(['metadata', 'data'])
    expect(namesIn(await list('labelSelector=f/g=escaped'))).toEqual(['escaped'])
    await api.ask('DELETE', `${maps}?labelSelector=f/g`)
    expect(namesIn(await list('labelSelector=f/g'))).toEqual([])
  })

  test('a collection is deleted as it would be listed', async () => {
    for (const name of ['x1', 'x2', 'x3']) await make(name, { x: 'y' })
    const { json } = await api.ask('DELETE', `${maps}?labelSelector=x=y&limit=2`)
    expect(json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual(['x1', 'x2'])
    expect(json.metadata.continue).toBeTruthy()
    expect(namesIn(await list('labelSelector=x'))).toEqual(['x3'])
    await api.ask('DELETE', `${maps}?fieldSelector=metadata.name=x3`)
    expect(namesIn(await list('labelSelector=x'))).toEqual([])
  })

  const form = (as: string) => `application/json;as=${as};v=v1;g=meta.k8s.io`

  test.each([
    ['', { object: { kind: 'PartialObjectMetadata', metadata: { name: 'a' } } }],
    ['includeObject=Metadata', { object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' } }],
    ['includeObject=Object', { object: { kind: 'ConfigMap', apiVersion: 'v1', data: { v: '1' } } }],
    ['includeObject=None', { object: null }],
  ])('a Table with %p', async (query, row) => {
    const { json } = await list(`${query}&fieldSelector=metadata.name=a`, { accept: form('Table') })
    expect(json).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: {}, rows: [row] })
    expect(json.rows[0].cells.slice(0, 2)).toEqual(['a', 1])
    expect(json.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual(['Name', 'Data', 'Age'])
  })

  test('metadata alone, of one, of a list, and of a watch', async () => {
    const one = await get(`${maps}/a`, { accept: form('PartialObjectMetadata') })
    expect(Object.keys(one.json)).toEqual(['kind', 'apiVersion', 'metadata'])
    const many = await list('', { accept: form('PartialObjectMetadataList') })
    expect(many.json).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' })
    expect(many.json.items[0]).toEqual(one.json)
    const watched = await list('watch=1&timeoutSeconds=1&fieldSelector=metadata.name=a', {
      accept: form('PartialObjectMetadata'),
    })
    expect(eventsIn(watched)).toEqual([{ type: 'ADDED', object: one.json }])
  })

  test.each<[path: string, accept: string, message: string]>([
    [
      `${maps}/a`,
      form('PartialObjectMetadataList'),
      'you requested PartialObjectMetadataList, but the requested object is not a list (ConfigMap)',
    ],
    [
      maps,
      form('PartialObjectMetadata'),
      'you requested PartialObjectMetadata, but the requested object is a list (ConfigMapList)',
    ],
    [maps, 'text/html', `only the following media types are accepted: application/json, application/yaml, ${protobuf}`],
    [
      `${maps}?watch=1`,
      'application/yaml',
      `only the following media types are accepted: application/json;stream=watch, ${protobuf};stream=watch`,
    ],
  ])('%s as %s is not acceptable', async (path, accept, message) => {
    const { json } = await get(path, { accept })
    expect(json).toMatchObject({ code: 406, reason: 'NotAcceptable', message })
  })

  test('YAML and indentation', async () => {
    const yaml = await list('fieldSelector=metadata.name=a', { accept: 'application/yaml' })
    expect(yaml.headers['content-type']).toBe('application/yaml')
    expect(yaml.text).toMatch(/^apiVersion: v1\nitems:\n- data:\n {4}v: "1"\n {2}metadata:\n/)
    expect((await list('pretty=true')).text).toMatch(/^{\n {2}"kind": "ConfigMapList",\n/)
    expect((await list('pretty=1', { accept: form('Table') })).text).toMatch(/^{\n {2}"kind": "Table",\n/)
  })

  test('large answers are compressed when the client takes it, small ones never', async () => {
    const data = { x: 'x'.repeat(40_000) }
    for (let i = 0; i < 5; i++) await api.ask('POST', maps, { body: { metadata: { name: `large-${i}` }, data } })
    const gzip = { 'accept-encoding': 'gzip' }
    const small = await list('fieldSelector=metadata.name=large-0', gzip)
    expect(small.headers['content-encoding']).toBeUndefined()
    expect(small.headers['content-length']).toBe(`${small.text.length}`)
    const plain = await list()
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.json.items).toHaveLength(9)
    const packed = await list('', gzip)
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
    expect(packed.bytes.length).toBeLessThan(20_000)
    expect(`${gunzipSync(packed.bytes)}`).toBe(plain.text)
    await api.ask('DELETE', `${maps}?labelSelector=!vowel`)
  })
})
