// Against a real HTTP/2 server in this process, in clear text; TLS is shown by the integration tests.

import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import type { KubeObject } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { WatchEvent } from '../api/watch.ts'
import type { Client } from './client.ts'
import { connect } from './http-client.ts'

const pods = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', scope: 'Namespaced' } as ResourceDefinition
const deployments = { ...pods, group: 'apps', kind: 'Deployment', plural: 'deployments' } as ResourceDefinition

interface Seen {
  method: string
  path: string
  type: string | undefined
  authorization: string | undefined
  body: unknown
}
type Answer = (seen: Seen, stream: ServerHttp2Stream) => void

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function serve(
  answer: Answer,
  port = 0,
): Promise<{ client: Client; seen: Seen[]; server: Http2Server; port: number }> {
  const seen: Seen[] = []
  const server = createServer()
  const sessions = new Set<{ destroy(): void }>()
  server.on('session', session => sessions.add(session))
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = []
    stream.on('error', () => {})
    stream.on('data', chunk => chunks.push(Buffer.from(chunk)))
    stream.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const request = {
        method: String(headers[':method']),
        path: String(headers[':path']),
        type: headers['content-type'],
        authorization: headers.authorization,
        body: text ? JSON.parse(text) : undefined,
      }
      seen.push(request)
      answer(request, stream)
    })
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const bound = (server.address() as AddressInfo).port
  const client = connect({ server: `http://127.0.0.1:${bound}`, token: () => 'secret', timeoutMs: 2000 })
  closing.push(() => {
    client.close()
    for (const session of sessions) session.destroy()
    server.close()
  })
  return { client, seen, server, port: bound }
}

function json(stream: ServerHttp2Stream, body: unknown, status = 200, headers: Record<string, string> = {}): void {
  stream.respond({ ':status': status, 'content-type': 'application/json', ...headers })
  stream.end(JSON.stringify(body))
}

const pod = (name: string, resourceVersion = '1'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'default', name, resourceVersion },
})

test('verbs become the methods, paths and bodies of the API', async () => {
  const { client, seen } = await serve((_, stream) => json(stream, pod('a')))
  const at = { namespace: 'default', name: 'a' }
  await client.get(pods, at)
  await client.create(deployments, { ...pod('a'), apiVersion: '', kind: '' })
  await client.createSubresource(pods, at, 'eviction', pod('a'))
  await client.update(pods, pod('a'), { subresource: 'status' })
  await client.patch(pods, at, { x: 1 }, { type: 'merge', subresource: 'status', fieldManager: 'me' })
  await client.delete(pods, at, { gracePeriodSeconds: 0, preconditions: { uid: 'u' } })
  await client.deleteCollection(pods, { namespace: 'default', labelSelector: 'app=web' })
  expect(seen.map(s => `${s.method} ${s.path}`)).toEqual([
    'GET /api/v1/namespaces/default/pods/a',
    'POST /apis/apps/v1/namespaces/default/deployments',
    'POST /api/v1/namespaces/default/pods/a/eviction',
    'PUT /api/v1/namespaces/default/pods/a/status',
    'PATCH /api/v1/namespaces/default/pods/a/status?fieldManager=me',
    'DELETE /api/v1/namespaces/default/pods/a',
    'DELETE /api/v1/namespaces/default/pods?labelSelector=app%3Dweb',
  ])
  expect(seen[1]?.body).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment' })
  expect(seen[4]?.type).toBe('application/merge-patch+json')
  expect(seen[5]?.body).toEqual({
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    gracePeriodSeconds: 0,
    preconditions: { uid: 'u' },
  })
  expect(new Set(seen.map(s => s.authorization))).toEqual(new Set(['Bearer secret']))
})

test('list pages through with continue and keeps the first version', async () => {
  const { client, seen } = await serve(({ path }, stream) => {
    const second = path.includes('continue=next')
    json(stream, {
      metadata: second ? { resourceVersion: '7' } : { resourceVersion: '7', continue: 'next' },
      items: [second ? pod('b') : pod('a')],
    })
  })
  const { items, resourceVersion } = await client.list(pods, { labelSelector: { matchLabels: { app: 'web' } } })
  expect(items.map(item => item.metadata.name)).toEqual(['a', 'b'])
  expect(resourceVersion).toBe('7')
  expect(seen.map(s => s.path)).toEqual([
    '/api/v1/pods?labelSelector=app%3Dweb&limit=500',
    '/api/v1/pods?labelSelector=app%3Dweb&limit=500&continue=next',
  ])
})

test('a list whose snapshot was compacted is asked for again in one piece', async () => {
  const { client } = await serve(({ path }, stream) => {
    if (path.includes('continue')) return json(stream, { kind: 'Status', reason: 'Expired', code: 410 }, 410)
    const paged = path.includes('limit')
    json(stream, { metadata: { resourceVersion: paged ? '7' : '9', ...(paged ? { continue: 'x' } : {}) }, items: [] })
  })
  expect((await client.list(pods)).resourceVersion).toBe('9')
})

test('a Status answer is thrown as StatusError, another answer as its text', async () => {
  const { client } = await serve(({ path }, stream) => {
    if (path.endsWith('/a'))
      json(stream, { kind: 'Status', code: 404, reason: 'NotFound', message: 'pods "a" not found' }, 404)
    else json(stream, 'out of order', 502)
  })
  await expect(client.get(pods, { name: 'a' })).rejects.toMatchObject({ code: 404, reason: 'NotFound' })
  await expect(client.get(pods, { name: 'b' })).rejects.toMatchObject({ code: 502, message: '"out of order"' })
})

test('Retry-After is obeyed', async () => {
  let calls = 0
  const { client } = await serve((_, stream) => {
    if (calls++ === 0) json(stream, { kind: 'Status', code: 429 }, 429, { 'retry-after': '0' })
    else json(stream, pod('a'))
  })
  expect((await client.get(pods, { name: 'a' })).metadata.name).toBe('a')
  expect(calls).toBe(2)
})

test('no answer is ServiceUnavailable, and the next request opens a new session', async () => {
  const first = await serve((_, stream) => stream.session?.destroy())
  await expect(first.client.get(pods, { name: 'a' })).rejects.toMatchObject({ reason: 'ServiceUnavailable' })
  first.server.close()
  await expect(first.client.get(pods, { name: 'a' })).rejects.toMatchObject({ reason: 'ServiceUnavailable' })
  await serve((_, stream) => json(stream, pod('a')), first.port)
  expect((await first.client.get(pods, { name: 'a' })).metadata.name).toBe('a')
})

test('a request that takes too long is ServiceUnavailable; an aborted one rejects with its reason', async () => {
  const { client } = await serve(() => {})
  const stop = new AbortController()
  const waiting = client.get(pods, { name: 'a' }, stop.signal)
  stop.abort(new Error('stop'))
  await expect(waiting).rejects.toThrow('stop')
  await expect(client.get(pods, { name: 'a' })).rejects.toMatchObject({ reason: 'ServiceUnavailable' })
})

test('a watch yields events split anywhere, and ends with the answer', async () => {
  const text = [
    { type: 'ADDED', object: pod('grün', '8') },
    { type: 'BOOKMARK', object: { kind: 'Pod', metadata: { resourceVersion: '9' } } },
    { type: 'DELETED', object: pod('b', '10') },
  ]
    .map(event => `${JSON.stringify(event)}\n`)
    .join('')
  const { client, seen } = await serve((_, stream) => {
    stream.respond({ ':status': 200 })
    for (const byte of Buffer.from(text)) stream.write(Buffer.from([byte]))
    stream.end()
  })
  const events: WatchEvent<KubeObject>[] = []
  for await (const event of client.source(pods).watch('7', new AbortController().signal)) events.push(event)
  expect(events).toEqual([
    { type: 'ADDED', object: pod('grün', '8') },
    { type: 'BOOKMARK', resourceVersion: '9' },
    { type: 'DELETED', object: pod('b', '10') },
  ])
  expect(seen[0]?.path).toMatch(
    /^\/api\/v1\/pods\?watch=true&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=\d+$/,
  )
})

test('an ERROR event is thrown; a lost connection is ServiceUnavailable; an aborted watch rejects', async () => {
  const { client } = await serve(({ path }, stream) => {
    stream.respond({ ':status': 200 })
    if (path.includes('resourceVersion=1&'))
      stream.write(`${JSON.stringify({ type: 'ERROR', object: { code: 410, reason: 'Expired', message: 'old' } })}\n`)
    else if (path.includes('resourceVersion=2&')) stream.session?.destroy()
    else stream.write('')
  })
  const stop = new AbortController()
  const follow = async (version: string) => {
    for await (const _ of client.source(pods).watch(version, stop.signal));
  }
  await expect(follow('1')).rejects.toMatchObject({ reason: 'Expired' })
  await expect(follow('2')).rejects.toMatchObject({ reason: 'ServiceUnavailable' })
  const following = follow('3')
  stop.abort(new Error('stop'))
  await expect(following).rejects.toThrow('stop')
})
