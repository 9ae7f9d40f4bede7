import { once } from 'node:events'
import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2'
import { createServer, request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createCa, issue, type KeyPair } from '../pki/issue.ts'
import { silentLogger } from '../util/log.ts'
import type { ApiRequest, ApiResponse, Handler } from './chain.ts'
import { mapErrors } from './filters/errors.ts'
import { forwardUpgrade } from './proxy/upgrade.ts'
import { Server } from './server.ts'

let ca: KeyPair
let serving: KeyPair
beforeAll(async () => {
  ca = await createCa({ commonName: 'test' })
  serving = await issue(ca, { commonName: 'server', ips: ['127.0.0.1'], usages: ['server'] })
})

async function serve(handler: Handler): Promise<Server> {
  const log = silentLogger
  const options = { host: '127.0.0.1', port: 0, cert: serving.cert, key: serving.key, clientCas: [ca.cert], log }
  const server = new Server({ ...options, handler: mapErrors(log)(handler) })
  await server.listen()
  return server
}

interface Answer {
  status: number
  text: string
}

function http1(server: Server, path: string, method = 'GET', body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest({ host: '127.0.0.1', port: server.port, ca: ca.cert, path, method, agent: false })
    outgoing.on('error', reject)
    outgoing.on('response', async answer => {
      let text = ''
      for await (const chunk of answer) text += chunk
      resolve({ status: answer.statusCode ?? 0, text })
    })
    outgoing.end(body)
  })
}

function session(server: Server): ClientHttp2Session {
  const opened = connectHttp2(`https://127.0.0.1:${server.port}`, { ca: ca.cert })
  // What breaks the connection shows in the requests on it.
  opened.on('error', () => {})
  return opened
}

async function http2(on: ClientHttp2Session, path: string, method = 'GET', body?: string): Promise<Answer> {
  const stream = on.request({ ':path': path, ':method': method }, { endStream: false })
  stream.end(body)
  const [headers] = (await once(stream, 'response')) as [{ ':status': number }]
  let text = ''
  for await (const chunk of stream) text += chunk
  return { status: headers[':status'], text }
}

const echo: Handler = async request => ({
  status: 200,
  headers: { 'content-type': 'text/plain' },
  body: `${request.method} ${request.path} ${request.query} ${await request.body()}`,
})

describe('Server', () => {
  let server: Server
  let h2: ClientHttp2Session
  let handler: Handler = echo
  beforeAll(async () => {
    server = await serve(request => handler(request))
    h2 = session(server)
  })
  afterAll(async () => {
    h2.destroy()
    await server.close(0)
  })

  test('answers HTTP/1.1 and HTTP/2 on one port alike', async () => {
    handler = echo
    const expected = { status: 200, text: 'POST /a b a=1 hello' }
    expect(await http1(server, '/a%20b?a=1', 'POST', 'hello')).toEqual(expected)
    expect(await http2(h2, '/a%20b?a=1', 'POST', 'hello')).toEqual(expected)
  })

  test('takes 3 MiB and no more, said or not', async () => {
    handler = echo
    const limit = 3 * 1024 * 1024
    expect((await http2(h2, '/', 'POST', 'x'.repeat(limit))).status).toBe(200)
    const refused = await http2(h2, '/', 'POST', 'x'.repeat(limit + 1))
    expect(JSON.parse(refused.text)).toMatchObject({
      code: 413,
      message: 'Request entity too large: limit is 3145728',
    })
    expect((await http1(server, '/', 'POST', 'x'.repeat(limit + 1))).status).toBe(413)
  })

  test('hears a body that is too large to its end, so that who sends it first and reads then gets the answer', async () => {
    const server = await serve(async request => ({ status: 200, body: `${(await request.body()).length}` }))
    const client = connectTls({ host: '127.0.0.1', port: server.port, ca: ca.cert, ALPNProtocols: ['http/1.1'] })
    let answers = ''
    client.on('data', data => {
      answers += data
    })
    const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`
    client.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
    for (let sent = 0; sent < 40; sent++) if (!client.write(chunk)) await once(client, 'drain')
    client.write('0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await once(client, 'close')
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200'])
    await server.close(0)
  })

  test('sends a stream as it comes', async () => {
    const more = Promise.withResolvers<void>()
    handler = async () => ({
      status: 200,
      body: (async function* () {
        yield 'first '
        await more.promise
        yield 'second'
      })(),
    })
    const stream = h2.request({ ':path': '/' })
    const [chunk] = await once(stream, 'data')
    expect(`${chunk}`).toBe('first ')
    more.resolve()
    const [rest] = await once(stream, 'data')
    expect(`${rest}`).toBe('second')
    await once(stream, 'end')
  })

  test('does not read ahead of a slow client', async () => {
    let produced = 0
    handler = async () => ({
      status: 200,
      body: (async function* () {
        for (; produced < 1000; produced++) yield Buffer.alloc(64 * 1024)
      })(),
    })
    const stream = h2.request({ ':path': '/' })
    await once(stream, 'response')
    stream.pause()
    const settled = async () => {
      for (let before = -1; before !== produced; ) {
        before = produced
        await new Promise(resolve => setTimeout(resolve, 50))
      }
    }
    await settled()
    expect(produced).toBeLessThan(500)
    stream.close()
  })

  test('a large answer that is not read does not close the connection to others, and comes whole in the end', async () => {
    const large = Buffer.alloc(32 * 1024 * 1024, 'x')
    handler = async ({ path }) => ({ status: 200, body: path === '/large' ? large : 'small' })
    const stream = h2.request({ ':path': '/large' })
    await once(stream, 'response')
    stream.pause()
    expect(await http2(h2, '/small')).toEqual({ status: 200, text: 'small' })
    let size = 0
    stream.on('data', chunk => {
      size += chunk.length
    })
    stream.resume()
    await once(stream, 'end')
    expect(size).toBe(large.length)
  })

  test('tells the handler that the client has gone', async () => {
    const gone = Promise.withResolvers<unknown>()
    handler = request => {
      request.signal.addEventListener('abort', () => gone.resolve(request.done))
      return new Promise<ApiResponse>(() => {})
    }
    const stream = h2.request({ ':path': '/' })
    stream.on('error', () => {})
    // When the ping is answered, the request has come in.
    await new Promise<void>(resolve => h2.ping(() => resolve()))
    stream.close(constants.NGHTTP2_CANCEL)
    expect(await gone.promise).toBe(499)
  })

  test('refuses an upgrade that nobody takes', async () => {
    handler = async () => ({ status: 404, headers: { 'content-type': 'text/plain' }, body: 'no such path' })
    const headers = { connection: 'Upgrade', upgrade: 'SPDY/3.1' }
    const outgoing = httpsRequest({ host: '127.0.0.1', port: server.port, ca: ca.cert, headers, agent: false })
    outgoing.end()
    const [answer] = await once(outgoing, 'response')
    expect(answer.statusCode).toBe(404)
    answer.resume()
  })

  test('joins an upgraded connection with the kubelet’s', async () => {
    const kubelet = createServer({ cert: serving.cert, key: serving.key })
    kubelet.on('upgrade', (request, socket) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\nX-Path: ${request.url}\r\n\r\n`,
      )
      socket.on('data', data => socket.write(`<${data}>`))
    })
    kubelet.listen(0, '127.0.0.1')
    await once(kubelet, 'listening')
    const { port } = kubelet.address() as AddressInfo
    const backend = { scheme: 'https' as const, host: '127.0.0.1', port, tls: { ca: ca.cert } }
    handler = (request: ApiRequest) => forwardUpgrade(request, backend, '/exec/default/web/c?command=ls')
    const headers = { connection: 'Upgrade', upgrade: 'test' }
    const outgoing = httpsRequest({ host: '127.0.0.1', port: server.port, ca: ca.cert, headers, agent: false })
    outgoing.end()
    const [answer, socket] = await once(outgoing, 'upgrade')
    expect(answer.headers['x-path']).toBe('/exec/default/web/c?command=ls')
    socket.write('hello')
    expect(`${(await once(socket, 'data'))[0]}`).toBe('<hello>')
    socket.destroy()
    kubelet.close()
    kubelet.closeAllConnections()
  })
})

test('close lets requests finish, ends watches, and takes no new connections', async () => {
  const finish = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const server = await serve(async request => {
    if (request.info.verb === 'watch') {
      const ended = new Promise<void>(resolve => request.signal.addEventListener('abort', () => resolve()))
      return {
        status: 200,
        body: (async function* () {
          yield 'event'
          await ended
        })(),
      }
    }
    begun.resolve()
    await finish.promise
    return { status: 200, body: 'done' }
  })
  const h2 = session(server)
  const watch = http2(h2, '/api/v1/pods?watch=true')
  const slow = http2(h2, '/slow')
  await begun.promise
  const closed = server.close(5000)
  expect(await watch).toEqual({ status: 200, text: 'event' })
  await expect(http1(server, '/late')).rejects.toThrow('ECONNREFUSED')
  finish.resolve()
  expect(await slow).toEqual({ status: 200, text: 'done' })
  await closed
  h2.destroy()
})
