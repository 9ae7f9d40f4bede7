// HTTP through the API server to pods, services and nodes: what arrives there, what comes back, and what is refused.

import { once } from 'node:events'
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { Agent, createServer as createHttps, request as httpsRequest } from 'node:https'
import { type AddressInfo, connect, type Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { WebSocket, WebSocketServer } from 'ws'
import { createCa, issue, type KeyPair } from '../../lib/pki/issue.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { kubectlFor } from '../harness/kubectl.ts'

const describe = await describeWithEtcd()
const ns = '/api/v1/namespaces/default'
const podIp = '10.1.0.7'
const nodeIp = '10.2.0.1'

describe('proxy', () => {
  let api: TestApiServer
  let serving: KeyPair
  /** What listens at each address of the cluster. */
  const backends = new Map<string, Server>()
  let answer: (request: IncomingMessage, response: ServerResponse) => void
  let upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void

  beforeAll(async () => {
    const ca = await createCa({ commonName: 'nobody knows' })
    serving = await issue(ca, { commonName: 'backend', usages: ['server'] })
    const plain = createHttp((request, response) => answer(request, response))
    const secure = createHttps({ cert: serving.cert, key: serving.key }, (request, response) =>
      answer(request, response),
    )
    const kubelet = createHttps({ cert: serving.cert, key: serving.key }, (request, response) =>
      response.end(`kubelet ${request.url}`),
    )
    for (const server of [plain, secure, kubelet]) server.listen(0, '127.0.0.1')
    backends.set(`${podIp}:8080`, plain)
    backends.set(`${podIp}:8443`, secure)
    backends.set(`${nodeIp}:10250`, kubelet)
    backends.set(`${nodeIp}:9100`, plain)
    const sockets = new WebSocketServer({ noServer: true })
    plain.on('upgrade', (request, socket, head) => upgrade(request, socket, head))
    upgrade = (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, accepted => sockets.emit('connection', accepted, request))
    sockets.on('connection', (socket, request) => {
      socket.on('message', data => socket.send(`${request.url} ${data}`))
    })
    api = await startApiServer({ config: { dial } })
    await api.ask('POST', `${ns}/serviceaccounts`, { body: { metadata: { name: 'default' } } })
    await pod('web', podIp)
    await pod('no-address')
    await pod('local', '127.0.0.1')
    await node('n1', nodeIp)
    await node('here', '127.0.0.1')
  })

  afterAll(async () => {
    await api.stop()
    for (const server of backends.values()) {
      if ('closeAllConnections' in server) (server as ReturnType<typeof createHttp>).closeAllConnections()
      server.close()
    }
  })

  const dial = ({ host, port }: { host: string; port: number }) => {
    const server = backends.get(`${host}:${port}`)
    // Nothing listens on port 1.
    return connect(server ? (server.address() as AddressInfo).port : 1, '127.0.0.1')
  }

  const pod = async (name: string, ip?: string) => {
    const ports = [{ containerPort: 8080 }]
    const spec = { nodeName: 'n1', containers: [{ name: 'c', image: 'busybox', ports }] }
    const created = await api.ask('POST', `${ns}/pods`, { body: { metadata: { name }, spec } })
    expect(created.status).toBe(201)
    if (!ip) return
    const body = { ...created.json, status: { podIP: ip, podIPs: [{ ip }], phase: 'Running' } }
    expect((await api.ask('PUT', `${ns}/pods/${name}/status`, { body })).status).toBe(200)
  }

  const node = async (name: string, address: string) => {
    const status = {
      addresses: [{ type: 'InternalIP', address }],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    }
    const created = await api.ask('POST', '/api/v1/nodes', { body: { metadata: { name } } })
    const body = { ...created.json, status }
    expect((await api.ask('PUT', `/api/v1/nodes/${name}/status`, { body })).status).toBe(200)
  }

  const service = async (name: string, ports: object[], endpoints?: object) => {
    expect((await api.ask('POST', `${ns}/services`, { body: { metadata: { name }, spec: { ports } } })).status).toBe(
      201,
    )
    if (!endpoints) return
    const body = { metadata: { name }, ...endpoints }
    expect((await api.ask('POST', `${ns}/endpoints`, { body })).status).toBe(201)
  }

  const tell = (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('x-backend', 'yes')
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers }))
  }

  describe('a pod', () => {
    test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('is asked by %s', async method => {
      answer = (request, response) => void text(request).then(body => response.end(`${method} ${request.url} ${body}`))
      const options = method === 'GET' || method === 'OPTIONS' ? {} : { body: 'a body' }
      const { status, text: said } = await api.ask(method, `${ns}/pods/web/proxy/a/b?c=d&e=%2F`, options)
      expect([status, said]).toEqual([200, `${method} /a/b?c=d&e=%2F ${options.body ?? ''}`])
    })

    test('HEAD answers headers only', async () => {
      answer = (_, response) => response.writeHead(200, { 'content-length': '42', 'x-there': 'yes' }).end()
      const { status, text: said, headers } = await api.ask('HEAD', `${ns}/pods/web/proxy/a`)
      expect([status, said, headers['x-there'], headers['content-length']]).toEqual([200, '', 'yes', '42'])
    })

    test('sees the client’s headers, not its credentials, and whence it came', async () => {
      answer = tell
      const { json, headers } = await api.ask('GET', `${ns}/pods/web:8080/proxy/x/`, {
        headers: { 'x-mine': 'kept', 'x-forwarded-for': '192.0.2.9', cookie: 'a=b', 'impersonate-user': 'jane' },
        user: api.admin,
      })
      // jane may not; the admin asks for herself.
      expect(json.code).toBe(403)
      const own = await api.ask('GET', `${ns}/pods/web:8080/proxy/x/`, {
        headers: { 'x-mine': 'kept', 'x-forwarded-for': '192.0.2.9', cookie: 'a=b', te: 'trailers' },
      })
      expect(own.json).toMatchObject({
        url: '/x/',
        headers: {
          'x-mine': 'kept',
          cookie: 'a=b',
          'x-forwarded-for': '192.0.2.9, 127.0.0.1',
          'x-forwarded-uri': `${ns}/pods/web:8080/proxy/x/`,
          host: new URL(api.url).host,
        },
      })
      expect(own.json.headers).not.toHaveProperty('te')
      expect(own.headers['x-backend']).toBe('yes')
      expect(headers['x-backend']).toBeUndefined()
    })

    test('never sees a token', async () => {
      answer = tell
      const { json } = await api.ask('POST', `${ns}/serviceaccounts/default/token`, { body: { spec: {} } })
      const rule = { apiGroups: [''], resources: ['pods/proxy'], verbs: ['get'] }
      const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'
      await api.ask('POST', `${rbac}/roles`, { body: { metadata: { name: 'proxy' }, rules: [rule] } })
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'proxy' }
      const subjects = [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }]
      await api.ask('POST', `${rbac}/rolebindings`, { body: { metadata: { name: 'proxy' }, roleRef, subjects } })
      const ask = (method: string) =>
        api.ask(method, `${ns}/pods/web/proxy/`, {
          headers: { authorization: `Bearer ${json.status.token}` },
          user: null,
        })
      const seen = await ask('GET')
      expect(seen.status).toBe(200)
      expect(seen.json.headers).not.toHaveProperty('authorization')
      // The verb is that of the method.
      expect((await ask('POST')).json).toMatchObject({
        code: 403,
        message: expect.stringContaining('cannot create resource "pods/proxy" in API group ""'),
      })
    })

    test('a body of any size, and an answer of any size, as they come', async () => {
      const large = Buffer.alloc(5 * 1024 * 1024, 'x')
      answer = (request, response) => void request.pipe(response)
      const session = connectHttp2(api.url, { ca: api.caCert, cert: api.admin.cert, key: api.admin.key })
      const stream = session.request({ ':method': 'POST', ':path': `${ns}/pods/web/proxy/echo` })
      stream.write(large.subarray(0, 10))
      // The first bytes come back before the last are sent.
      await once(stream, 'data')
      stream.end(large.subarray(10))
      stream.resume()
      let size = 10
      stream.on('data', chunk => {
        size += chunk.length
      })
      await once(stream, 'end')
      expect(size).toBe(large.length)
      session.destroy()
    })

    test('that answers before it has heard everything leaves the connection usable', async () => {
      answer = (_, response) => response.writeHead(413).end('too much')
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const { port } = new URL(api.url)
      const { cert, key } = api.admin
      const options = { host: '127.0.0.1', port, ca: api.caCert, cert, key, agent, method: 'POST' }
      const first = httpsRequest({ ...options, path: `${ns}/pods/web/proxy/upload` })
      first.end(Buffer.alloc(8 * 1024 * 1024))
      const [refused] = (await once(first, 'response')) as [IncomingMessage]
      expect([refused.statusCode, await text(refused)]).toEqual([413, 'too much'])
      const second = httpsRequest({ ...options, path: '/version', method: 'GET' })
      second.end()
      const [version] = (await once(second, 'response')) as [IncomingMessage]
      expect(version.statusCode).toBe(200)
      agent.destroy()
    })

    test('hears that the client has gone', async () => {
      const gone = Promise.withResolvers<void>()
      answer = (_, response) => {
        response.on('close', () => gone.resolve())
        response.write('first')
      }
      const session = connectHttp2(api.url, { ca: api.caCert, cert: api.admin.cert, key: api.admin.key })
      const stream = session.request({ ':path': `${ns}/pods/web/proxy/slow` })
      await once(stream, 'data')
      session.destroy()
      await gone.promise
    })

    test('by TLS, whoever signed its certificate', async () => {
      answer = (request, response) => response.end(`${'encrypted' in request.socket}`)
      expect((await api.ask('GET', `${ns}/pods/https:web:8443/proxy/`)).text).toBe('true')
    })

    test('without a slash at the end leads to the one with it', async () => {
      const { status, headers } = await api.ask('GET', `${ns}/pods/web/proxy?a=b`)
      expect([status, headers.location]).toEqual([301, `${ns}/pods/web/proxy/?a=b`])
    })

    test('its redirects lead back through the proxy, those to others do not', async () => {
      const to = async (location: string) => {
        answer = (_, response) => response.writeHead(302, { location }).end()
        return (await api.ask('GET', `${ns}/pods/web/proxy/here`)).headers.location
      }
      expect(await to('/there/?x=1')).toBe(`${ns}/pods/web/proxy/there/?x=1`)
      expect(await to(`http://${podIp}:8080/there`)).toBe(`${ns}/pods/web/proxy/there`)
      expect(await to('http://example.com/there')).toBe('http://example.com/there')
      expect(await to('there')).toBe('there')
    })

    test('its pages’ links too, also in packed pages', async () => {
      const page = '<html><a href="/a">é</a><script>"<a href=/x>"</script><img src=/i.png></html>'
      const expected = page
        .replace('"/a"', `"${ns}/pods/web/proxy/a"`)
        .replace('src=/i.png', `src="${ns}/pods/web/proxy/i.png"`)
      answer = (_, response) => response.setHeader('content-type', 'text/html; charset=utf-8').end(page)
      expect((await api.ask('GET', `${ns}/pods/web/proxy/`)).text).toBe(expected)

      answer = (_, response) => {
        response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end(gzipSync(page))
      }
      const session = connectHttp2(api.url, { ca: api.caCert, cert: api.admin.cert, key: api.admin.key })
      const packed = await buffer(session.request({ ':path': `${ns}/pods/web/proxy/` }))
      expect(gunzipSync(packed).toString()).toBe(expected)
      session.destroy()
    })

    test('does not open the API to other origins', async () => {
      answer = (_, response) => response.setHeader('access-control-allow-origin', '*').end()
      const { headers } = await api.ask('GET', `${ns}/pods/web/proxy/`)
      expect(headers['access-control-allow-origin']).toBeUndefined()
    })

    test('speaks over WebSockets', async () => {
      const url = `${api.url.replace('https', 'wss')}${ns}/pods/web/proxy/chat?room=1`
      const socket = new WebSocket(url, { ca: api.caCert, cert: api.admin.cert, key: api.admin.key })
      await once(socket, 'open')
      socket.send('hello')
      const [said] = await once(socket, 'message')
      expect(`${said}`).toBe('/chat?room=1 hello')
      socket.terminate()
    })

    test('that refuses an upgrade says so itself, and hears nothing more', async () => {
      const heard: string[] = []
      const left = Promise.withResolvers<void>()
      upgrade = (request, socket) => {
        heard.push(`${request.url}`)
        socket.on('end', () => left.resolve(void socket.end()))
        socket.on('data', data => heard.push(`${data}`))
        socket.write('HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nno such room')
      }
      const { port } = new URL(api.url)
      const outgoing = httpsRequest({
        host: '127.0.0.1',
        port,
        path: `${ns}/pods/web/proxy/nowhere`,
        headers: { connection: 'Upgrade', upgrade: 'something' },
        ca: api.caCert,
        cert: api.admin.cert,
        key: api.admin.key,
        agent: false,
      })
      outgoing.end()
      const [refused] = (await once(outgoing, 'response')) as [IncomingMessage]
      refused.socket.write('GET /secret HTTP/1.1\r\nHost: x\r\n\r\n')
      expect([refused.statusCode, await text(refused)]).toEqual([404, 'no such room'])
      await left.promise
      expect(heard).toEqual(['/nowhere'])
    })

    test.each([
      ['none/proxy/', 404, 'NotFound', 'pods "none" not found'],
      ['no-address/proxy/', 400, 'BadRequest', 'address not allowed'],
      ['local/proxy/', 400, 'BadRequest', 'address not allowed'],
      ['ftp:web:21/proxy/', 400, 'BadRequest', 'invalid pod request "ftp:web:21"'],
      [
        'web:9/proxy/',
        503,
        'ServiceUnavailable',
        `error trying to reach service: dial tcp ${podIp}:9: connect: connection refused`,
      ],
      [
        'web:metrics/proxy/',
        503,
        'ServiceUnavailable',
        'error trying to reach service: dial tcp: lookup tcp/metrics: unknown port',
      ],
    ])('%s: %i', async (path, code, reason, message) => {
      expect((await api.ask('GET', `${ns}/pods/${path}`)).json).toMatchObject({ code, reason, message })
    })

    test('a path cannot leave the pod', async () => {
      answer = tell
      const { json } = await api.ask('GET', `${ns}/pods/web/proxy/a/%2e%2e/%2e%2e/b//c`)
      expect(json.url).toBe('/b/c')
    })
  })

  describe('a service', () => {
    beforeAll(async () => {
      const target = { ip: podIp, targetRef: { kind: 'Pod', namespace: 'default', name: 'web' } }
      const ports = [
        { name: 'http', port: 80, targetPort: 8080 },
        { name: 'tls', port: 443, targetPort: 8443 },
      ]
      const addresses = { addresses: [target], ports: ports.map(({ name, targetPort: port }) => ({ name, port })) }
      await service('web', ports, { subsets: [addresses] })
      await service('single', [{ port: 80 }], { subsets: [{ addresses: [target], ports: [{ port: 8080 }] }] })
      await service('unready', [{ port: 80 }], { subsets: [{ notReadyAddresses: [target], ports: [{ port: 8080 }] }] })
      await service('foreign', [{ port: 80 }], {
        subsets: [{ addresses: [{ ip: '10.9.9.9' }], ports: [{ port: 80 }] }],
      })
      await service('empty', [{ port: 80 }], {})
      await service('bare', [{ port: 80 }])
    })

    test.each(['web:http', 'web:80', 'https:web:tls', 'https:web:443', 'single', 'single:80'])('%s', async id => {
      answer = (request, response) => response.end(`${request.url}`)
      expect((await api.ask('GET', `${ns}/services/${id}/proxy/path`)).text).toBe('/path')
    })

    test.each([
      ['web', 503, 'no endpoints available for service "web"'],
      ['web:nope', 503, 'no endpoints available for service "web:nope"'],
      ['web:81', 503, 'no service port 81 found for service "web"'],
      ['unready', 503, 'no endpoints available for service "unready"'],
      ['foreign', 503, 'no endpoints available for service "foreign"'],
      ['empty', 503, 'no endpoints available for service "empty"'],
      ['bare', 404, 'endpoints "bare" not found'],
      ['none:80', 404, 'services "none" not found'],
      ['a:b:c:d', 400, 'invalid service request "a:b:c:d"'],
    ])('%s: %i', async (id, code, message) => {
      expect((await api.ask('GET', `${ns}/services/${id}/proxy/`)).json).toMatchObject({ code, message })
    })
  })

  describe('a node', () => {
    test('is its kubelet, on another port whatever listens there', async () => {
      answer = (request, response) => response.end(`exporter ${request.url}`)
      expect((await api.ask('GET', '/api/v1/nodes/n1/proxy/pods?x=y')).text).toBe('kubelet /pods?x=y')
      expect((await api.ask('GET', '/api/v1/nodes/n1:10250/proxy/healthz')).text).toBe('kubelet /healthz')
      expect((await api.ask('GET', '/api/v1/nodes/n1:9100/proxy/metrics')).text).toBe('exporter /metrics')
    })

    test.each([
      ['none', 404, 'nodes "none" not found'],
      ['here', 400, 'address not allowed'],
    ])('%s: %i', async (name, code, message) => {
      expect((await api.ask('GET', `/api/v1/nodes/${name}/proxy/`)).json).toMatchObject({ code, message })
    })
  })

  test('discovery names them, kubectl reaches them', async () => {
    const { json } = await api.ask('GET', '/api/v1')
    const proxies = json.resources.filter(({ name }: { name: string }) => name.endsWith('/proxy'))
    expect(proxies.map(({ name, kind, verbs }: Record<string, unknown>) => [name, kind, verbs])).toEqual([
      ['nodes/proxy', 'NodeProxyOptions', ['create', 'delete', 'get', 'patch', 'update']],
      ['pods/proxy', 'PodProxyOptions', ['create', 'delete', 'get', 'patch', 'update']],
      ['services/proxy', 'ServiceProxyOptions', ['create', 'delete', 'get', 'patch', 'update']],
    ])
    answer = (request, response) => response.end(`hello ${request.url}`)
    const kubectl = kubectlFor(api.adminKubeconfig)
    const { stdout } = await kubectl.run(['get', '--raw', `${ns}/pods/web:8080/proxy/there`])
    expect(stdout).toBe('hello /there')
    kubectl.close()
  })

  test('what is no proxy has no path below it', async () => {
    expect((await api.ask('GET', `${ns}/pods/web/status/more`)).status).toBe(404)
    expect((await api.ask('GET', `${ns}/pods/web/log/more`)).status).toBe(404)
  })
})
