// pods/exec, attach and portforward: who may, what the kubelet is asked, and what the client sees when it cannot be.

import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer, request as httpsRequest, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { WebSocket, WebSocketServer } from 'ws'
import { createCa, issue, type KeyPair } from '../../lib/pki/issue.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { kubectlFor } from '../harness/kubectl.ts'

const describe = await describeWithEtcd()
const pods = '/api/v1/namespaces/default/pods'

describe('connections to pods', () => {
  let api: TestApiServer
  let kubelet: Server
  let upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  let asked: string[] = []

  beforeAll(async () => {
    const ca = await createCa({ commonName: 'kubelets' })
    const serving = await issue(ca, { commonName: 'node', ips: ['127.0.0.1'], usages: ['server'] })
    const client = await issue(ca, { commonName: 'kube-apiserver-kubelet-client', usages: ['client'] })
    kubelet = createServer({ cert: serving.cert, key: serving.key, ca: ca.cert, requestCert: true })
    kubelet.on('upgrade', (request, socket, head) => {
      asked.push(`${request.method} ${request.url}`)
      upgrade(request, socket, head)
    })
    kubelet.listen(0, '127.0.0.1')
    await once(kubelet, 'listening')
    api = await startApiServer({ config: { kubelet: { ca: ca.cert, clientCert: client.cert, clientKey: client.key } } })
    await api.ask('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'default' } } })
    await node('here', (kubelet.address() as AddressInfo).port)
    await node('gone', 1)
    await pod('one', 'here', ['a'])
    await pod('two', 'here', ['a', 'b'], ['init'])
    await pod('lost', 'gone', ['a'])
    await pod('waiting', '', ['a'])
  })

  afterAll(async () => {
    await api.stop()
    kubelet.closeAllConnections()
    kubelet.close()
  })

  const node = async (name: string, port: number) => {
    const { json } = await api.ask('POST', '/api/v1/nodes', { body: { metadata: { name } } })
    const addresses = [{ type: 'InternalIP', address: '127.0.0.1' }]
    const body = { ...json, status: { addresses, daemonEndpoints: { kubeletEndpoint: { Port: port } } } }
    expect((await api.ask('PUT', `/api/v1/nodes/${name}/status`, { body })).status).toBe(200)
  }
  const containers = (names: string[]) => names.map(name => ({ name, image: 'busybox' }))
  const pod = async (name: string, nodeName: string, names: string[], init: string[] = []) => {
    const spec = { nodeName, containers: containers(names), initContainers: containers(init) }
    expect((await api.ask('POST', pods, { body: { metadata: { name }, spec } })).status).toBe(201)
  }

  /** A kubelet that sends everything back, in the first of the client's protocols. */
  const echo = () => {
    asked = []
    const server = new WebSocketServer({ noServer: true, handleProtocols: protocols => [...protocols][0] ?? false })
    upgrade = (request, socket, head) =>
      server.handleUpgrade(request, socket, head, accepted => {
        const { subject } = (request.socket as TLSSocket).getPeerCertificate()
        accepted.send(`${subject.CN}, not ${request.headers.authorization}`)
        accepted.on('message', data => accepted.send(data))
      })
  }

  const open = (path: string, user: Partial<KeyPair> = api.admin, headers: Record<string, string> = {}) => {
    const url = `${api.url.replace('https', 'wss')}${pods}/${path}`
    return new WebSocket(url, ['v5.channel.k8s.io', 'v4.channel.k8s.io'], { ca: api.caCert, ...user, headers })
  }

  /** The answer to an upgrade that is refused. */
  const refusal = (path: string, { method = 'GET', user = api.admin }: { method?: string; user?: KeyPair } = {}) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const { port } = new URL(api.url)
      const outgoing = httpsRequest({
        ...{ host: '127.0.0.1', port, path: `${pods}/${path}`, method, ca: api.caCert, agent: false },
        ...{ cert: user.cert, key: user.key },
        headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1' },
      })
      outgoing.on('response', resolve)
      outgoing.on('error', reject)
      outgoing.end()
    })

  test.each([
    ['one/exec?command=ls&command=-l&stdout=true', 'GET /exec/default/one/a?command=ls&command=-l&output=1'],
    [
      'two/exec?container=b&command=sh&stdin=true&stdout=true&stderr=true&tty=true',
      'GET /exec/default/two/b?command=sh&error=1&input=1&output=1&tty=1',
    ],
    ['two/exec?container=init&command=sh', 'GET /exec/default/two/init?command=sh'],
    ['one/attach?stdin=true&stdout=true', 'GET /attach/default/one/a?input=1&output=1'],
    ['one/portforward?ports=80,443', 'GET /portForward/default/one?port=80%2C443'],
  ])('%s over a WebSocket', async (path, expected) => {
    echo()
    const socket = open(path)
    const [hello] = await once(socket, 'message')
    expect(`${hello}`).toBe('kube-apiserver-kubelet-client, not undefined')
    expect(socket.protocol).toBe('v5.channel.k8s.io')
    const large = Buffer.alloc(1024 * 1024, 'x')
    socket.send(large)
    const [back] = await once(socket, 'message')
    expect(large.equals(back as Buffer)).toBe(true)
    expect(asked).toEqual([expected])
    socket.terminate()
  })

  test('SPDY as raw bytes, by POST', async () => {
    asked = []
    upgrade = (request, socket) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\n` +
          `X-Stream-Protocol-Version: ${request.headers['x-stream-protocol-version']}\r\n\r\nfirst`,
      )
      socket.on('data', data => socket.write(`<${data}>`))
    }
    const { port } = new URL(api.url)
    const outgoing = httpsRequest({
      ...{ host: '127.0.0.1', port, path: `${pods}/one/exec?command=ls`, method: 'POST', agent: false },
      ...{ ca: api.caCert, cert: api.admin.cert, key: api.admin.key },
      headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'v4.channel.k8s.io' },
    })
    outgoing.end()
    const [answer, socket, head] = (await once(outgoing, 'upgrade')) as [IncomingMessage, Duplex, Buffer]
    expect(answer.headers).toMatchObject({ upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'v4.channel.k8s.io' })
    expect(`${head.length > 0 ? head : (await once(socket, 'data'))[0]}`).toBe('first')
    socket.write('\x80\x03')
    expect(`${(await once(socket, 'data'))[0]}`).toBe('<\x80\x03>')
    expect(asked).toEqual(['POST /exec/default/one/a?command=ls'])
    socket.destroy()
  })

  test('either end takes the other with it', async () => {
    const ended = Promise.withResolvers<void>()
    let end: () => void = () => {}
    upgrade = (_, socket) => {
      end = () => socket.destroy()
      socket.on('close', () => ended.resolve())
      socket.on('error', () => {})
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
      socket.resume()
    }
    const connect = async () => {
      const { port } = new URL(api.url)
      const outgoing = httpsRequest({
        ...{ host: '127.0.0.1', port, path: `${pods}/one/attach`, method: 'POST', agent: false },
        ...{ ca: api.caCert, cert: api.admin.cert, key: api.admin.key },
        headers: { connection: 'Upgrade', upgrade: 'x' },
      })
      outgoing.end()
      const [, socket] = (await once(outgoing, 'upgrade')) as [IncomingMessage, Duplex]
      return socket
    }
    const first = await connect()
    first.destroy()
    await ended.promise
    const second = await connect()
    second.resume()
    end()
    await once(second, 'close')
  })

  test.each([
    ['none/exec?command=ls', 404, 'pods "none" not found'],
    ['two/exec?command=ls', 400, 'a container name must be specified for pod two, choose one of: [init a b]'],
    ['two/attach?container=c', 400, 'container c is not valid for pod two'],
    ['waiting/exec?command=ls', 400, 'pod waiting does not have a host assigned'],
    ['waiting/portforward', 400, 'pod waiting does not have a host assigned'],
    ['one/portforward?ports=x', 400, 'cannot convert to []int32: strconv.ParseUint: parsing "x": invalid syntax'],
    ['lost/exec?command=ls', 500, 'error dialing backend: dial tcp 127.0.0.1:1: connect: connection refused'],
  ])('%s: %i', async (path, code, message) => {
    const answer = await refusal(path, { method: 'POST' })
    expect(JSON.parse(await text(answer))).toMatchObject({ kind: 'Status', code, message })
    expect(answer.statusCode).toBe(code)
  })

  test.each(['GET', 'POST'])('%s without an upgrade is a bad request', async method => {
    const { json } = await api.ask(method, `${pods}/one/exec?command=ls`)
    expect(json).toMatchObject({ code: 400, reason: 'BadRequest', message: 'Upgrade request required' })
  })

  test.each(['PUT', 'DELETE', 'PATCH'])('%s is not allowed', async method => {
    expect((await api.ask(method, `${pods}/one/exec?command=ls`)).status).toBe(405)
  })

  test('a kubelet that refuses says why, and hears nothing more', async () => {
    const heard: string[] = []
    upgrade = (_, socket) => {
      socket.on('data', data => heard.push(`${data}`))
      socket.on('error', () => {})
      socket.write('HTTP/1.1 501 Not Implemented\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nno exec here')
    }
    const answer = await refusal('one/exec?command=ls')
    answer.socket.write('POST /run/default/one/a HTTP/1.1\r\n\r\n')
    expect([answer.statusCode, await text(answer)]).toEqual([501, 'no exec here'])
    expect(heard).toEqual([])

    upgrade = (_, socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    const odd = await refusal('one/exec?command=ls')
    expect(JSON.parse(await text(odd))).toMatchObject({
      code: 500,
      message: 'invalid upgrade response: status code 200',
    })
  })

  test('who may only look may not get in by GET', async () => {
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'
    const allow = async (user: string, verbs: string[]) => {
      const rules = [{ apiGroups: [''], resources: ['pods/exec'], verbs }]
      await api.ask('POST', `${rbac}/roles`, { body: { metadata: { name: user }, rules } })
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: user }
      const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }]
      await api.ask('POST', `${rbac}/rolebindings`, { body: { metadata: { name: user }, roleRef, subjects } })
      return api.userCert(user)
    }
    const [looker, maker, both] = await Promise.all([
      allow('looker', ['get']),
      allow('maker', ['create']),
      allow('both', ['get', 'create']),
    ])
    echo()
    const path = 'one/exec?command=ls'
    const status = async (method: string, user: KeyPair) => {
      const answer = await refusal(path, { method, user })
      return [answer.statusCode, JSON.parse(await text(answer)).message]
    }
    expect(await status('GET', looker)).toEqual([403, expect.stringMatching(/^pods "one" is forbidden: /)])
    expect(await status('POST', looker)).toEqual([
      403,
      expect.stringContaining('cannot create resource "pods/exec" in API group "" in the namespace "default"'),
    ])
    expect(await status('GET', maker)).toEqual([403, expect.stringContaining('cannot get resource "pods/exec"')])
    const socket = open(path, { cert: both.cert, key: both.key })
    await once(socket, 'open')
    socket.terminate()
    expect(asked).toHaveLength(1)
  })

  test('kubectl says what the kubelet says', async () => {
    upgrade = (_, socket) =>
      socket.end(
        'HTTP/1.1 501 Not Implemented\r\nContent-Type: text/plain\r\nContent-Length: 30\r\n\r\nthis node does not serve /exec\n',
      )
    const kubectl = kubectlFor(api.adminKubeconfig)
    await expect(kubectl.run(['exec', 'one', '--', 'ls'])).rejects.toThrow(/this node does not serve \/exec/)
    await expect(kubectl.run(['exec', 'two', '-c', 'c', '--', 'ls'])).rejects.toThrow(/container c/)
    kubectl.close()
  })

  test('discovery names them', async () => {
    const { json } = await api.ask('GET', '/api/v1')
    const found = json.resources.filter(({ name }: { name: string }) => /exec|attach|portforward/.test(name))
    expect(found.map(({ name, kind, verbs }: Record<string, unknown>) => [name, kind, verbs])).toEqual([
      ['pods/attach', 'PodAttachOptions', ['create', 'get']],
      ['pods/exec', 'PodExecOptions', ['create', 'get']],
      ['pods/portforward', 'PodPortForwardOptions', ['create', 'get']],
    ])
  })
})
