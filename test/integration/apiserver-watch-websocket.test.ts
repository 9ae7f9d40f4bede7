// A watch over a WebSocket, as browsers open it: a text frame an event, the same authentication, the same end.

import { once } from 'node:events'
import { request as httpsRequest } from 'node:https'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type ClientOptions, WebSocket } from 'ws'
import { serviceAccounts } from '../../lib/kinds/core/service-account.ts'
import { connectEtcd } from '../../lib/storage/etcd-kv.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd, type Etcd, startEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'
import { connections, type Transport } from '../harness/watch-client.ts'

const describe = await describeWithEtcd()
const maps = '/api/v1/namespaces/default/configmaps'
const tokenProtocol = (token: string) =>
  `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`

describe('watch over a WebSocket', () => {
  let etcd: Etcd
  let api: TestApiServer
  beforeAll(async () => {
    etcd = await startEtcd()
    // What was before the server started it does not know.
    const kv = connectEtcd(etcd.clientOptions)
    await kv.put('/before', Buffer.from('{}'), 0n)
    kv.close()
    api = await startApiServer({ etcd })
  })
  afterAll(async () => {
    await api.stop()
    await etcd.stop()
  })

  const open = (path: string, protocols: string[] = [], options: ClientOptions = {}) => {
    const asAdmin = { cert: api.admin.cert, key: api.admin.key }
    const socket = new WebSocket(api.url.replace('https', 'wss') + path, protocols, {
      ca: api.caCert,
      ...asAdmin,
      ...options,
    })
    const seen = { socket, frames: [] as string[], binary: 0, closed: undefined as number | undefined }
    socket.on('message', (data, isBinary) => {
      seen.frames.push(`${data}`)
      if (isBinary) seen.binary++
    })
    socket.on('close', code => {
      seen.closed = code
    })
    return seen
  }
  const make = (name: string, labels = {}) => api.ask('POST', maps, { body: { metadata: { name, labels } } })
  const now = async () => (await api.ask('GET', maps)).json.metadata.resourceVersion
  const eventsOf = ({ frames }: { frames: string[] }) =>
    frames.map(frame => JSON.parse(frame)).map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`)
  const isRefused = async ({ socket }: { socket: WebSocket }) => {
    socket.on('error', () => {})
    const [, answer] = await once(socket, 'unexpected-response')
    answer.resume()
    return answer.statusCode as number
  }

  test('every event is one text frame, byte for byte that of a watch over HTTP', async () => {
    const seen = open(`${maps}?watch=true&resourceVersion=${await now()}&labelSelector=a=b`)
    await once(seen.socket, 'open')
    await Promise.all([make('a', { a: 'b' }), make('b', { a: 'b' }), make('c', { a: 'c' })])
    await api.ask('DELETE', `${maps}/a`)
    await eventually(() => seen.frames.length === 3)
    expect(eventsOf(seen).slice(0, 2).sort()).toEqual(['ADDED a', 'ADDED b'])
    expect(eventsOf(seen)[2]).toBe('DELETED a')
    expect(seen.binary).toBe(0)
    const over1 = `${maps}?watch=true&fieldSelector=metadata.name=b`
    const again = open(over1)
    await eventually(() => again.frames.length === 1)
    const overHttp = await api.ask('GET', `${over1}&timeoutSeconds=1`)
    expect(again.frames.join('')).toBe(overHttp.text)
    for (const { socket } of [seen, again]) socket.terminate()
  })

  test('the initial state, frame by frame, and the bookmark behind it', async () => {
    await make('initial-1', { initial: 'yes' })
    await make('initial-2', { initial: 'yes' })
    const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const seen = open(`${maps}?watch=true&${query}&labelSelector=initial`)
    await eventually(() => seen.frames.length === 3)
    expect(eventsOf(seen)).toEqual(['ADDED initial-1', 'ADDED initial-2', 'BOOKMARK '])
    seen.socket.terminate()
  })

  test('a forgotten version is an error in a frame, and the end', async () => {
    const seen = open(`${maps}?watch=true&resourceVersion=1`)
    await eventually(() => seen.closed)
    expect(seen.closed).toBe(1000)
    expect(seen.frames.map(frame => JSON.parse(frame))).toMatchObject([
      { type: 'ERROR', object: { code: 410, reason: 'Expired' } },
    ])
  })

  test('its time over, it closes in order', async () => {
    const seen = open(`${maps}?watch=true&timeoutSeconds=1&resourceVersion=${await now()}`)
    await eventually(() => seen.closed)
    expect(seen).toMatchObject({ closed: 1000, frames: [] })
  })

  test('a token in a subprotocol says who asks; the other subprotocol is settled on', async () => {
    await api.ask('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'browser' } } })
    const answer = await api.ask('POST', '/api/v1/namespaces/default/serviceaccounts/browser/token', {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    })
    const protocol = tokenProtocol(answer.json.status.token)
    const anonymous = { cert: undefined, key: undefined }
    const path = `${maps}?watch=true&resourceVersion=${await now()}`
    expect(await isRefused(open(path, [protocol, 'base64.binary.k8s.io'], anonymous))).toBe(403)
    await api.ask('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings', {
      body: {
        metadata: { name: 'browser' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: serviceAccounts.kind, name: 'browser', namespace: 'default' }],
      },
    })
    const seen = await eventually(async () => {
      const opened = open(path, [protocol, 'base64.binary.k8s.io'], anonymous)
      opened.socket.on('error', () => {})
      await once(opened.socket, 'open')
      return opened
    })
    expect(seen.socket.protocol).toBe('base64.binary.k8s.io')
    await make('for-the-browser')
    await eventually(() => eventsOf(seen).includes('ADDED for-the-browser'))
    seen.socket.terminate()
    expect(await isRefused(open(path, [tokenProtocol('nonsense'), 'x'], anonymous))).toBe(401)
  })

  test('what cannot be watched is refused before the WebSocket opens', async () => {
    expect(await isRefused(open(`${maps}?watch=true&resourceVersion=1&resourceVersionMatch=Exact`))).toBe(422)
    expect(await isRefused(open('/api/v1/nonsense?watch=true'))).toBe(404)
  })

  test('pings are answered, what the client says is ignored, and its going is noticed', async () => {
    const seen = open(`${maps}?watch=true&resourceVersion=${await now()}`)
    await once(seen.socket, 'open')
    seen.socket.ping('are you there')
    expect(`${(await once(seen.socket, 'pong'))[0]}`).toBe('are you there')
    seen.socket.send('hello')
    await make('after-hello')
    await eventually(() => eventsOf(seen).includes('ADDED after-hello'))
    seen.socket.close()
    await eventually(() => seen.closed !== undefined)
  })

  test('another kind of upgrade is none for a watch: it streams over HTTP', async () => {
    const path = `${maps}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name=after-hello`
    const headers = { connection: 'Upgrade', upgrade: 'h2c' }
    const { cert, key } = api.admin
    const outgoing = httpsRequest(`${api.url}${path}`, { ca: api.caCert, cert, key, headers, agent: false })
    outgoing.end()
    const [answer] = await once(outgoing, 'response')
    let text = ''
    for await (const chunk of answer) text += chunk
    expect(JSON.parse(text)).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'after-hello' } } })
  })

  test('clients that do not read are cut, over every transport, and others are not slowed', async () => {
    const path = `${maps}?watch=true&resourceVersion=${await now()}`
    const stuck = await Promise.all([openStuck('HTTP/1.1', path), openStuck('HTTP/2', path)])
    const socket = open(path)
    await once(socket.socket, 'open')
    socket.socket.pause()
    const data = { x: 'x'.repeat(20_000) }
    const write = async (name: string) => {
      expect((await api.ask('POST', maps, { body: { metadata: { name }, data } })).status).toBe(201)
    }
    for (let i = 0; i < 75; i++) await Promise.all(Array.from({ length: 20 }, (_, j) => write(`busy-${i}-${j}`)))
    for (const { stream } of [...stuck, { stream: socket.socket }]) stream.resume()
    expect(await Promise.all(stuck.map(({ end }) => end))).toEqual(['cut', 'cut'])
    await eventually(() => socket.closed !== undefined)
    expect(socket.closed).not.toBe(1000)
  })

  /** It reads nothing until it is resumed. */
  const openStuck = async (transport: Transport, path: string) => {
    const { stream } = await connections[transport](api, path)
    stream.pause()
    const { promise: end, resolve } = Promise.withResolvers<'cut' | 'ended in order'>()
    stream.on('end', () => resolve('ended in order'))
    stream.on('error', () => resolve('cut'))
    return { stream, end }
  }
})
