// What a client may send, and how much of it: sizes, depths, numbers, names, encodings, headers, and how many at once.

import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Answer, startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'

const describe = await describeWithEtcd()
const maps = '/api/v1/namespaces/default/configmaps'
const pods = '/api/v1/namespaces/default/pods'
const deployments = '/apis/apps/v1/namespaces/default/deployments'
const yaml = { 'content-type': 'application/yaml' }
const jsonPatch = { 'content-type': 'application/json-patch+json' }
const mergePatch = { 'content-type': 'application/merge-patch+json' }
const strategic = { 'content-type': 'application/strategic-merge-patch+json' }

describe('what is sent', () => {
  let api: TestApiServer
  beforeAll(async () => {
    api = await startApiServer()
    await api.ask('POST', maps, { body: { metadata: { name: 'there' }, data: { a: '1' } } })
  })
  afterAll(() => api.stop())

  const warnings = ({ headers }: Answer) => [headers.warning ?? []].flat().join(', ').split(', 299').length
  const toldOf = ({ headers }: Answer) =>
    [headers.warning ?? []]
      .flat()
      .flatMap(header => header.split(/, (?=299)/))
      .map(header => header.replace(/^299 - "(.*)"$/, '$1').replaceAll('\\"', '"'))
  const map = (name: string, rest = '') => `{"metadata":{"name":"${name}"}${rest}}`
  const deployment = (spec: string) =>
    `{"metadata":{"name":"d"},"spec":{${spec},"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}`

  describe('size', () => {
    const limit = 3 * 1024 * 1024
    const tooLarge = {
      code: 413,
      reason: 'RequestEntityTooLarge',
      message: 'Request entity too large: limit is 3145728',
    }

    test.each([
      ['POST', maps, {}],
      ['PUT', `${maps}/there`, {}],
      ['PATCH', `${maps}/there`, mergePatch],
      ['DELETE', `${maps}/there`, {}],
    ])('%s of more than 3 MiB', async (method, path, headers) => {
      const body = map('large', `,"x":"${'x'.repeat(limit)}"`)
      expect((await api.ask(method, path, { body, headers })).json).toMatchObject(tooLarge)
    })

    test('exactly 3 MiB are taken', async () => {
      const rest = map('full', ',"x":""').length
      const body = map('full', `,"x":"${'x'.repeat(limit - rest)}"`)
      expect(body).toHaveLength(limit)
      expect((await api.ask('POST', `${maps}?dryRun=All`, { body })).status).toBe(201)
    })

    test('a body that does not say how large it is', async () => {
      const session = connect(api.url, { ca: api.caCert, cert: api.admin.cert, key: api.admin.key })
      const stream = session.request({ ':method': 'POST', ':path': maps, 'content-type': 'application/json' })
      stream.on('error', () => {})
      const [headers] = await Promise.all([once(stream, 'response'), stream.write(Buffer.alloc(limit + 1, ' '))])
      expect(headers[0][':status']).toBe(413)
      session.destroy()
    })

    test('10,000 operations of a JSON patch, and not one more', async () => {
      const operations = (count: number) => Array(count).fill({ op: 'test', path: '/data/a', value: '1' })
      const ask = (count: number) => api.ask('PATCH', `${maps}/there`, { body: operations(count), headers: jsonPatch })
      expect((await ask(10_000)).status).toBe(200)
      expect((await ask(10_001)).json).toMatchObject({
        code: 413,
        message: 'The allowed maximum operations in a JSON patch is 10000, got 10001',
      })
    })
  })

  describe('depth', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

    test.each([
      ['JSON', 'POST', maps, {}, map('deep', `,"data":${nested(20_000)}`)],
      ['YAML', 'POST', maps, yaml, `data: ${nested(20_000)}`],
      ['a merge patch', 'PATCH', `${maps}/there`, mergePatch, `{"data":${nested(20_000)}}`],
      ['a JSON patch', 'PATCH', `${maps}/there`, jsonPatch, `[{"op":"add","path":"/x","value":${nested(20_000)}}]`],
      [
        'an apply',
        'PATCH',
        `${maps}/there?fieldManager=x`,
        { 'content-type': 'application/apply-patch+yaml' },
        nested(20_000),
      ],
    ])('too much of it in %s', async (_, method, path, headers, body) => {
      const answer = await api.ask(method, path, { body, headers })
      expect(answer.json).toMatchObject({ code: 400, message: expect.stringContaining('exceeded max depth') })
    })

    test('aliases that multiply', async () => {
      const lines = 'abcdefghi'.split('').map((name, i, all) => {
        const items = Array(9).fill(i === 0 ? 'lol' : `*${all[i - 1]}`)
        return `${name}: &${name} [${items}]`
      })
      const { json } = await api.ask('POST', maps, { body: lines.join('\n'), headers: yaml })
      expect(json).toMatchObject({ code: 400, message: expect.stringContaining('excessive aliasing') })
    })
  })

  describe('names that are special in JavaScript are data like any other', () => {
    const data = '{"__proto__":"a","constructor":"b","prototype":"c","toString":"d","hasOwnProperty":"e"}'
    const shown = async (name: string) => {
      const { text } = await api.ask('GET', `${maps}/${name}`)
      return JSON.stringify(JSON.parse(text).data)
    }

    test('created as JSON and as YAML, listed, watched, shown as YAML', async () => {
      expect((await api.ask('POST', maps, { body: map('proto', `,"data":${data}`) })).status).toBe(201)
      expect(await shown('proto')).toBe(data)
      const body = `metadata: {name: proto-yaml}\ndata: ${data}`
      expect((await api.ask('POST', maps, { body, headers: yaml })).status).toBe(201)
      expect(await shown('proto-yaml')).toBe(data)
      const list = await api.ask('GET', `${maps}?fieldSelector=metadata.name%3Dproto`)
      expect(JSON.stringify(list.json.items[0].data)).toBe(data)
      const watch = await api.ask('GET', `${maps}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dproto`)
      expect(JSON.stringify(watch.json.object.data)).toBe(data)
      const asYaml = await api.ask('GET', `${maps}/proto`, { headers: { accept: 'application/yaml' } })
      expect(asYaml.text).toContain('  __proto__: a\n  constructor: b\n')
    })

    test('replaced and patched', async () => {
      const at = `${maps}/proto-changed`
      await api.ask('POST', maps, { body: map('proto-changed', `,"data":${data}`) })
      const patch = async (body: string, headers: Record<string, string>) => {
        expect((await api.ask('PATCH', at, { body, headers })).status).toBe(200)
        return JSON.parse(await shown('proto-changed'))
      }
      const merged = await patch('{"data":{"__proto__":"1","constructor":null,"valueOf":"2"}}', mergePatch)
      expect(Object.entries(merged)).toEqual(
        expect.arrayContaining([
          ['__proto__', '1'],
          ['valueOf', '2'],
        ]),
      )
      expect(Object.hasOwn(merged, 'constructor')).toBe(false)
      const smart = await patch('{"data":{"__proto__":null,"constructor":"3"}}', strategic)
      expect(Object.hasOwn(smart, '__proto__')).toBe(false)
      expect(smart.constructor).toBe('3')
      const operations = '[{"op":"add","path":"/data/__proto__","value":"4"},{"op":"remove","path":"/data/toString"}]'
      const patched = await patch(operations, jsonPatch)
      expect(Object.entries(patched)).toContainEqual(['__proto__', '4'])
      expect(Object.hasOwn(patched, 'toString')).toBe(false)
      const apply = { 'content-type': 'application/apply-patch+yaml' }
      const body = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"proto-changed"},"data":{"__proto__":"5"}}`
      expect((await api.ask('PATCH', `${at}?fieldManager=me&force=true`, { body, headers: apply })).status).toBe(200)
      expect(Object.entries(JSON.parse(await shown('proto-changed')))).toContainEqual(['__proto__', '5'])
      await api.ask('PUT', at, { body: map('proto-changed', ',"data":{"__proto__":"6"}') })
      expect(await shown('proto-changed')).toBe('{"__proto__":"6"}')
    })

    test('as labels and annotations, and as fields that are unknown', async () => {
      const body =
        '{"metadata":{"name":"l","labels":{"constructor":"x"},"annotations":{"toString":"y"},"__proto__":{"a":1}},"constructor":1}'
      const answer = await api.ask('POST', maps, { body })
      expect(answer.json.metadata).toMatchObject({ labels: { constructor: 'x' }, annotations: { toString: 'y' } })
      expect(toldOf(answer)).toEqual(['unknown field "metadata.__proto__"', 'unknown field "constructor"'])
      const selected = await api.ask('GET', `${maps}?labelSelector=constructor%3Dx`)
      expect(selected.json.items).toHaveLength(1)
      expect((await api.ask('GET', `${maps}?labelSelector=toString`)).json.items).toHaveLength(0)
      expect((await api.ask('GET', '/api/v1/constructor')).status).toBe(404)
      expect((await api.ask('GET', '/apis/__proto__/v1/toString')).status).toBe(404)
    })
  })

  describe('numbers', () => {
    test.each([
      ['1e3', 'json: cannot unmarshal number 1e3 into Go struct field DeploymentSpec.spec.replicas of type int32'],
      ['1.0', 'json: cannot unmarshal number 1.0 into Go struct field DeploymentSpec.spec.replicas of type int32'],
      ['1e400', 'json: cannot unmarshal number 1e400 into Go struct field DeploymentSpec.spec.replicas of type int32'],
      [
        '9007199254740993',
        'json: cannot unmarshal number 9007199254740993 into Go struct field DeploymentSpec.spec.replicas of type int32',
      ],
    ])('%s is no number of replicas', async (number, why) => {
      const { json } = await api.ask('POST', deployments, { body: deployment(`"replicas":${number}`) })
      expect(json.message).toBe(`Deployment in version "v1" cannot be handled as a Deployment: ${why}`)
    })

    test('an int64 that would change is refused', async () => {
      const spec = '"spec":{"activeDeadlineSeconds":9007199254740993,"containers":[{"name":"c","image":"i"}]}'
      const { json } = await api.ask('POST', pods, { body: map('p', `,${spec}`) })
      expect(json).toMatchObject({
        code: 400,
        message: expect.stringContaining(
          'number 9007199254740993 in field "spec.activeDeadlineSeconds" cannot be kept',
        ),
      })
    })

    test('so it is in a patch', async () => {
      const body = '{"data":{"a":9007199254740993}}'
      const { json } = await api.ask('PATCH', `${maps}/there`, { body, headers: mergePatch })
      expect(json).toMatchObject({
        code: 400,
        message:
          'error decoding patch: number 9007199254740993 in field "data.a" cannot be kept exactly: integers beyond 2^53 are not supported',
      })
    })

    test('a quantity keeps all its digits', async () => {
      const hard = '"spec":{"hard":{"requests.storage":9007199254740993,"limits.memory":1e3,"limits.cpu":1.50}}'
      const answer = await api.ask('POST', '/api/v1/namespaces/default/resourcequotas?dryRun=All', {
        body: map('q', `,${hard}`),
      })
      expect(answer.json.spec.hard).toEqual({
        'requests.storage': '9007199254740993',
        'limits.memory': '1e3',
        'limits.cpu': '1500m',
      })
    })
  })

  describe('members given twice and fields that nobody knows, in the order of the text', () => {
    const body =
      '{"foo":1,"metadata":{"name":"x","name":"y"},"bar":{"a":1,"a":2},"data":{"a":"1","b":"2","a":"3"},"foo":2}'
    const problems = [
      'unknown field "foo"',
      'duplicate field "metadata.name"',
      'unknown field "bar"',
      'duplicate field "data.a"',
    ]

    test('warned of', async () => {
      const answer = await api.ask('POST', `${maps}?dryRun=All`, { body })
      expect(answer).toMatchObject({ status: 201, json: { metadata: { name: 'y' }, data: { a: '3', b: '2' } } })
      expect(toldOf(answer)).toEqual(problems)
    })

    test('refused', async () => {
      const { json } = await api.ask('POST', `${maps}?dryRun=All&fieldValidation=Strict`, { body })
      expect(json.message).toBe(
        `ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: ${problems.join(', ')}`,
      )
    })

    test('ignored', async () => {
      const answer = await api.ask('POST', `${maps}?dryRun=All&fieldValidation=Ignore`, { body })
      expect([answer.status, answer.headers.warning]).toEqual([201, undefined])
      expect(warnings(answer)).toBe(1)
    })

    test('in YAML, in the words of its parser', async () => {
      const body = 'metadata:\n  name: x\n  name: z\ndata:\n  a: b\nfoo: 1\n'
      const ask = (validation: string) =>
        api.ask('POST', `${maps}?dryRun=All&fieldValidation=${validation}`, { body, headers: yaml })
      expect((await ask('Strict')).json.message).toBe(
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal errors:\n  line 3: key "name" already set in map, unknown field "foo"',
      )
      expect(toldOf(await ask('Warn'))).toEqual(['line 3: key "name" already set in map', 'unknown field "foo"'])
    })
  })

  describe('encodings', () => {
    const refusedAs = (why: string) =>
      expect.objectContaining({
        code: 400,
        message: expect.stringContaining(
          `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: ${why}`,
        ),
      })

    test('bytes that are no UTF-8 become what Go makes of them', async () => {
      const body = Buffer.concat([
        Buffer.from(map('x', ',"data":{"a":"').slice(0, -1)),
        Buffer.from([0xff, 0x61]),
        Buffer.from('"}}'),
      ])
      expect((await api.ask('POST', `${maps}?dryRun=All`, { body })).json.data).toEqual({ a: '\ufffda' })
    })

    test('a NUL is data when it is escaped, and no JSON when it is not', async () => {
      const escaped = await api.ask('POST', `${maps}?dryRun=All`, { body: map('x', ',"data":{"a":"\\u0000"}') })
      expect(escaped.json.data).toEqual({ a: '\0' })
      const { json } = await api.ask('POST', maps, { body: map('x', ',"data":{"a":"\0"}') })
      expect(json).toEqual(refusedAs("invalid character '\\x00' in string literal"))
    })

    test('a byte order mark is no JSON', async () => {
      const { json } = await api.ask('POST', maps, { body: '\ufeff{}' })
      expect(json).toEqual(refusedAs("invalid character 'ï' looking for beginning of value (efbbbf7b7d)"))
    })

    test('packed bodies are not unpacked', async () => {
      const answer = await api.ask('POST', maps, { body: gzipSync('{}'), headers: { 'content-encoding': 'gzip' } })
      expect(answer.json).toEqual(refusedAs("invalid character '\\x1f' looking for beginning of value"))
    })

    test('names of fields are written as they are, or unknown', async () => {
      const body = '{"Metadata":{"name":"a"},"metadata":{"Name":"b","name":"c"},"DATA":{"a":"b"}}'
      const answer = await api.ask('POST', `${maps}?dryRun=All`, { body })
      expect(answer.json).toMatchObject({ metadata: { name: 'c' } })
      expect(answer.json).not.toHaveProperty('data')
      expect(toldOf(answer)).toEqual([
        'unknown field "Metadata"',
        'unknown field "metadata.Name"',
        'unknown field "DATA"',
      ])
    })

    test.each(['', 'null', '# nothing\n'])('nothing at all, in YAML: %j', async body => {
      expect((await api.ask('POST', maps, { body, headers: yaml })).json).toMatchObject({
        code: 422,
        message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
      })
    })

    const unknownFormat = {
      code: 415,
      reason: 'UnsupportedMediaType',
      message:
        'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    }
    test.each([
      ['application/json; charset=utf-8', undefined],
      ['APPLICATION/JSON', undefined],
      ['', undefined],
      ['text/plain', unknownFormat],
      ['application/x-www-form-urlencoded', unknownFormat],
      ['application/json-patch+json', unknownFormat],
      ['application/cbor', unknownFormat],
    ])('content type %j', async (type, refused) => {
      const answer = await api.ask('POST', `${maps}?dryRun=All`, { body: map('x'), headers: { 'content-type': type } })
      if (refused) expect(answer.json).toMatchObject(refused)
      else expect(answer.status).toBe(201)
    })
  })

  describe('methods, paths and headers', () => {
    const notAllowed = {
      code: 405,
      reason: 'MethodNotAllowed',
      message: 'the server does not allow this method on the requested resource',
    }

    test.each([
      ['OPTIONS', maps],
      ['TRACE', maps],
      ['PUT', maps],
      ['PATCH', maps],
      ['POST', `${maps}/there`],
      ['DELETE', '/api/v1/configmaps'],
      ['POST', '/api/v1/configmaps'],
      ['POST', `${pods}/x/status`],
      ['DELETE', `${pods}/x/status`],
      ['GET', `${pods}/x/binding`],
      ['PUT', `${pods}/x/eviction`],
      ['PATCH', '/api/v1/namespaces/default/finalize'],
      ['constructor', maps],
    ])('%s %s is not allowed', async (method, path) => {
      expect((await api.ask(method, path)).json).toMatchObject(notAllowed)
    })

    test('HEAD is GET without a body', async () => {
      const head = await api.ask('HEAD', `${maps}/there`)
      const get = await api.ask('GET', `${maps}/there`)
      expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', `${get.text.length}`])
      expect((await api.ask('HEAD', `${maps}/none`)).status).toBe(404)
    })

    test.each([
      ['%zz', 200],
      ['a%2Fb', 404],
      ['%00', 200],
    ])('a namespace %s', async (namespace, status) => {
      expect((await api.ask('GET', `/api/v1/namespaces/${namespace}/pods`)).status).toBe(status)
    })

    const overHttp1 = (path: string, headers: Record<string, string> = {}) =>
      new Promise<number | undefined>((resolve, reject) => {
        const { port } = new URL(api.url)
        const { cert, key } = api.admin
        const options = { host: '127.0.0.1', port, path, headers, ca: api.caCert, cert, key, agent: false as const }
        const outgoing = httpsRequest(options, answer => {
          answer.resume()
          resolve(answer.statusCode)
        })
        outgoing.on('error', reject)
        outgoing.end()
      })

    test('a long path, as label selectors make them', async () => {
      const long = `${maps}?limit=1&labelSelector=a+in+(${Array.from({ length: 6000 }, (_, i) => `v${i}`)})`
      expect((await api.ask('GET', long)).status).toBe(200)
      expect(await overHttp1(long)).toBe(200)
    })

    test('many headers', async () => {
      const headers = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`x-header-${i}`, 'v']))
      expect((await api.ask('GET', `${maps}?limit=1`, { headers })).status).toBe(200)
      expect(await overHttp1(`${maps}?limit=1`, headers)).toBe(200)
    })

    test('more than anybody needs is refused, and harms nobody', async () => {
      const refused = await overHttp1(`${maps}?x=${'x'.repeat(1_200_000)}`).catch(error => error.code)
      expect([431, 'ECONNRESET', 'EPIPE']).toContain(refused)
      expect((await api.ask('GET', '/readyz')).status).toBe(200)
    })
  })

  describe('queries', () => {
    const invalid = (kind: string, why: string) => ({
      code: 422,
      reason: 'Invalid',
      message: `${kind}.meta.k8s.io "" is invalid: ${why}`,
    })
    const dryRun = 'dryRun: Unsupported value: ["foo"]: supported values: "All"'

    test.each([
      ['POST', maps, '{}', {}, 'CreateOptions'],
      ['PUT', `${maps}/there`, '{}', {}, 'UpdateOptions'],
      ['PATCH', `${maps}/there`, '{}', mergePatch, 'PatchOptions'],
      ['DELETE', `${maps}/there`, undefined, {}, 'DeleteOptions'],
      ['DELETE', maps, undefined, {}, 'DeleteOptions'],
    ])('%s %s?dryRun=foo', async (method, path, body, headers, kind) => {
      const { json } = await api.ask(method, `${path}?dryRun=foo`, { headers, ...(body ? { body } : {}) })
      expect(json).toMatchObject(invalid(kind, dryRun))
    })

    test.each([
      ['GET', `${maps}?limit=abc`, 400, 'strconv.ParseInt: parsing "abc": invalid syntax'],
      ['GET', `${maps}?timeoutSeconds=1.5`, 400, 'strconv.ParseInt: parsing "1.5": invalid syntax'],
      [
        'GET',
        `${maps}?timeout=abc`,
        400,
        'invalid timeout specified in the request URL - time: invalid duration "abc"',
      ],
      [
        'GET',
        `${maps}?timeout=5`,
        400,
        'invalid timeout specified in the request URL - time: missing unit in duration "5"',
      ],
      ['DELETE', `${maps}/there?gracePeriodSeconds=abc`, 400, 'strconv.ParseInt: parsing "abc": invalid syntax'],
      [
        'DELETE',
        `${maps}/there?propagationPolicy=foo`,
        422,
        'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "foo": supported values: "Foreground", "Background", "Orphan", "nil"',
      ],
      [
        'POST',
        `${maps}?fieldValidation=foo`,
        422,
        'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "foo": supported values: "", "Ignore", "Strict", "Warn"',
      ],
    ])('%s %s: %i', async (method, path, code, message) => {
      const body = method === 'POST' ? { body: map('x') } : {}
      expect((await api.ask(method, path, body)).json).toMatchObject({ code, message })
    })
  })
})

describe('how many, and for how long', () => {
  let api: TestApiServer
  let session: ClientHttp2Session

  const start = async (config: NonNullable<Parameters<typeof startApiServer>[0]>['config'] = {}) => {
    api = await startApiServer({ config })
    const user = await api.userCert('jane', ['writers'])
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['*'] }]
    const rbac = '/apis/rbac.authorization.k8s.io/v1'
    await api.ask('POST', `${rbac}/clusterroles`, { body: { metadata: { name: 'write' }, rules } })
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'write' }
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }]
    await api.ask('POST', `${rbac}/clusterrolebindings`, { body: { metadata: { name: 'write' }, roleRef, subjects } })
    session = connect(api.url, { ca: api.caCert, cert: user.cert, key: user.key })
    session.on('error', () => {})
    await eventually(async () => (await jane('GET', maps)).status === 200)
    return user
  }

  const answerOf = async (stream: ClientHttp2Stream) => {
    const [headers] = await once(stream, 'response')
    return { status: Number(headers[':status']), headers, text: await text(stream) }
  }
  const jane = (method: string, path: string, body?: string) => {
    const stream = session.request({ ':method': method, ':path': path, 'content-type': 'application/json' })
    stream.end(body)
    return answerOf(stream)
  }
  /** A POST that has not sent all of its body: it is in flight until `finish`. */
  const unfinished = (name: string) => {
    const stream = session.request({ ':method': 'POST', ':path': maps, 'content-type': 'application/json' })
    stream.write('{"metadata":')
    const answer = answerOf(stream)
    return { answer, finish: () => stream.end(`{"name":"${name}"}}`) }
  }

  test('too many writes at once are sent away, reads and watches and the cluster’s masters are not', async () => {
    await start({ maxRequestsInFlight: 1, maxMutatingRequestsInFlight: 1 })
    try {
      const first = unfinished('first')
      const refused = await eventually(async () => {
        const answer = await jane('POST', `${maps}?dryRun=All`, '{"metadata":{"name":"second"}}')
        return answer.status === 429 && answer
      })
      expect(refused).toMatchObject({ text: 'Too many requests, please try again later.\n' })
      expect(refused.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'text/plain; charset=utf-8' })
      expect((await jane('GET', maps)).status).toBe(200)
      expect((await jane('GET', `${maps}?watch=true&timeoutSeconds=1`)).status).toBe(200)
      const master = await api.ask('POST', `${maps}?dryRun=All`, { body: { metadata: { name: 'm' } } })
      expect(master.status).toBe(201)
      first.finish()
      expect((await first.answer).status).toBe(201)
      await eventually(async () => (await jane('POST', maps, '{"metadata":{"name":"third"}}')).status === 201)
    } finally {
      session.destroy()
      await api.stop()
    }
  })

  test('what takes too long is ended', async () => {
    await start()
    try {
      const stream = session.request({ ':method': 'POST', ':path': `${maps}?timeout=100ms` })
      stream.write('{')
      const { status, text: said } = await answerOf(stream)
      expect(status).toBe(504)
      expect(JSON.parse(said)).toMatchObject({
        reason: 'Timeout',
        message: 'Timeout: request did not complete within the allotted timeout',
      })
    } finally {
      session.destroy()
      await api.stop()
    }
  })

  test('a server that is stopped says so, finishes what it began, ends watches, and takes nothing new', async () => {
    const user = await start({ shutdownDelayMs: 4000, shutdownTimeoutMs: 30_000 })
    const watch = jane('GET', `${maps}?watch=true`)
    const going = connect(api.url, { ca: api.caCert, cert: user.cert, key: user.key })
    const goaway = once(going, 'goaway')
    const first = unfinished('first')
    let isStopped = false
    const stopped = api.stop().then(() => {
      isStopped = true
    })
    // Not ready, but still serving, reads too.
    await eventually(async () => (await jane('GET', '/readyz')).status === 500, { timeoutMs: 3900 })
    expect((await jane('GET', '/livez')).status).toBe(200)
    expect((await jane('GET', maps)).status).toBe(200)
    await goaway
    expect((await watch).status).toBe(200)
    const late = connect(api.url, { ca: api.caCert })
    const [refusal] = await once(late, 'error')
    expect(refusal.code).toBe('ECONNREFUSED')
    expect(isStopped).toBe(false)
    first.finish()
    const created = await first.answer
    expect([created.status, JSON.parse(created.text).metadata.name]).toEqual([201, 'first'])
    await stopped
    session.destroy()
    going.destroy()
  })
})
