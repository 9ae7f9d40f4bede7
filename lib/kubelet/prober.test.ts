import { createServer as createHttp, type Server } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import { type AddressInfo, createServer as createTcp } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { testContainer } from '../../test/harness/kubelet.ts'
import type { Probe } from './pod.ts'
import { Prober } from './prober.ts'
import { RuntimeError } from './runtime/runtime.ts'

const open: { close(): unknown }[] = []
const { signal } = new AbortController()

afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

async function listening(server: Pick<Server, 'listen' | 'address' | 'close'>): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  open.push(server)
  return (server.address() as AddressInfo).port
}

function probe(
  probe: Probe,
  execSync: Prober extends never ? never : (command: string[]) => Promise<unknown> = async () => ({}),
) {
  const runtime = { execSync: (_id: string, command: string[]) => execSync(command) }
  const target = {
    containerId: 'c',
    container: testContainer('web', { ports: [{ name: 'http', containerPort: 1 }] }),
    podIP: '127.0.0.1',
  }
  return new Prober(runtime as never).probe(probe, target, signal)
}

describe('HTTP', () => {
  const server = () =>
    createHttp((request, response) => {
      const { url = '', headers } = request
      if (url === '/slow') return
      if (url === '/moved') response.writeHead(302, { location: '/healthz?x=1' })
      else if (url === '/away') response.writeHead(302, { location: 'http://elsewhere.invalid/' })
      else response.statusCode = url === '/bad' ? 500 : 200
      response.end(`${url} ${headers['user-agent']} ${headers['x-probe'] ?? ''}`)
    })

  test.each<[string, string, object]>([
    ['success', '/healthz?x=1', { result: 'success', output: '/healthz?x=1 kube-probe/1.36 yes' }],
    ['failure', '/bad', { result: 'failure', output: 'HTTP probe failed with statuscode: 500' }],
    ['a redirect is followed', '/moved', { result: 'success', output: '/healthz?x=1 kube-probe/1.36 yes' }],
    ['but not to another host', '/away', { result: 'success' }],
  ])('%s', async (_, path, expected) => {
    const port = await listening(server())
    expect(await probe({ httpGet: { path, port, httpHeaders: [{ name: 'X-Probe', value: 'yes' }] } })).toMatchObject(
      expected,
    )
  })

  test('too slow', async () => {
    const port = await listening(server())
    expect(await probe({ httpGet: { path: '/slow', port }, timeoutSeconds: 0.05 })).toEqual({
      result: 'failure',
      output: `Get "http://127.0.0.1:${port}/slow": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    })
  })

  test('nobody listens, at a port by name', async () => {
    expect(await probe({ httpGet: { path: '/healthz', port: 'http' } })).toEqual({
      result: 'failure',
      output: 'Get "http://127.0.0.1:1/healthz": dial tcp 127.0.0.1:1: connect: connection refused',
    })
  })
})

describe('TCP', () => {
  test('somebody listens', async () => {
    const port = await listening(createTcp(socket => socket.end()) as never)
    expect(await probe({ tcpSocket: { port } })).toEqual({ result: 'success', output: '' })
  })

  test('nobody does', async () => {
    const output = 'dial tcp 127.0.0.1:1: connect: connection refused'
    expect(await probe({ tcpSocket: { port: 'http' } })).toEqual({ result: 'failure', output })
  })
})

describe('a command', () => {
  const answer = (exitCode: number) => async () => ({
    exitCode,
    stdout: Buffer.from('out '),
    stderr: Buffer.from('err'),
  })
  const check: Probe = { exec: { command: ['check'] } }

  test('tells by its exit code', async () => {
    expect(await probe(check, answer(0))).toEqual({ result: 'success', output: 'out err' })
    expect(await probe(check, answer(1))).toEqual({ result: 'failure', output: 'out err' })
  })

  test('too slow is a failure, not being able to run says nothing', async () => {
    const throwing = (reason: string) => async () => {
      throw new RuntimeError(reason, 'why')
    }
    expect((await probe(check, throwing('DeadlineExceeded'))).result).toBe('failure')
    expect((await probe(check, throwing('ExecFailed'))).result).toBe('error')
  })
})

describe('gRPC', () => {
  test.each([
    [1, { result: 'success', output: 'service healthy' }],
    [2, { result: 'failure', output: 'service unhealthy (responded with "NOT_SERVING")' }],
  ])('status %i', async (status, expected) => {
    const server = createHttp2()
    server.on('stream', stream => {
      stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      stream.end(Buffer.from([0, 0, 0, 0, 2, 8, status]))
    })
    const port = await listening(server as never)
    expect(await probe({ grpc: { port } })).toEqual(expected)
  })
})
