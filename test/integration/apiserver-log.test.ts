// A pod's log comes from the kubelet of its node, as it is written; what cannot be is said in upstream's words.

import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:http2'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createCa, issue } from '../../lib/pki/issue.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'

const describe = await describeWithEtcd()
const pods = '/api/v1/namespaces/default/pods'

describe('pods/log', () => {
  let api: TestApiServer
  let kubelet: Server
  let answer: (request: IncomingMessage, response: ServerResponse) => void

  beforeAll(async () => {
    const ca = await createCa({ commonName: 'kubelets' })
    const serving = await issue(ca, { commonName: 'node', ips: ['127.0.0.1'], usages: ['server'] })
    const client = await issue(ca, { commonName: 'kube-apiserver-kubelet-client', usages: ['client'] })
    kubelet = createServer(
      { cert: serving.cert, key: serving.key, ca: ca.cert, requestCert: true, rejectUnauthorized: true },
      (request, response) => answer(request, response),
    )
    kubelet.listen(0, '127.0.0.1')
    await once(kubelet, 'listening')
    api = await startApiServer({
      config: { kubelet: { ca: ca.cert, clientCert: client.cert, clientKey: client.key } },
    })
    await api.ask('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'default' } } })
    await node('here', (kubelet.address() as AddressInfo).port)
    await node('gone', 1)
    await pod('one', 'here', ['a'])
    await pod('two', 'here', ['a', 'b'], ['init'])
    await pod('lost', 'gone', ['a'])
    await pod('nowhere', 'missing', ['a'])
  })
  afterAll(async () => {
    kubelet.closeAllConnections()
    kubelet.close()
    await api.stop()
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

  test('asks the kubelet with our certificate, for what the client asked', async () => {
    let asked: [string | undefined, string] | undefined
    answer = (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate()
      asked = [request.url, `${subject.CN}`]
      response.end('a line\n')
    }
    const log = await api.ask('GET', `${pods}/two/log?container=b&tailLines=5&follow=false&timestamps=true`)
    expect([log.status, log.text, log.headers['content-type']]).toEqual([200, 'a line\n', 'text/plain'])
    expect(asked).toEqual(['/containerLogs/default/two/b?timestamps=true&tailLines=5', 'kube-apiserver-kubelet-client'])
  })

  test('follows, and tells the kubelet when the client goes', async () => {
    const gone = Promise.withResolvers<void>()
    answer = (_, response) => {
      response.write('first\n')
      response.on('close', () => gone.resolve())
    }
    const session = connect(api.url, { ca: api.caCert, cert: api.admin.cert, key: api.admin.key })
    const stream = session.request({ ':path': `${pods}/one/log?follow=true` })
    const [chunk] = await once(stream, 'data')
    expect(`${chunk}`).toBe('first\n')
    session.destroy()
    await gone.promise
  })

  test.each([
    ['none/log', 404, 'pods "none" not found'],
    ['two/log', 400, 'a container name must be specified for pod two, choose one of: [init a b]'],
    ['two/log?container=c', 400, 'container c is not valid for pod two'],
    ['nowhere/log', 404, 'nodes "missing" not found'],
    [
      'lost/log',
      500,
      'Get "https://127.0.0.1:1/containerLogs/default/lost/a": dial tcp 127.0.0.1:1: connect: connection refused',
    ],
    [
      'one/log?stream=Both',
      422,
      'PodLogOptions "one" is invalid: stream: Unsupported value: "Both": supported values: "All", "Stderr", "Stdout"',
    ],
    [
      'one/log?stream=Stderr&tailLines=1',
      422,
      'PodLogOptions "one" is invalid: : Forbidden: `tailLines` and specific `stream` are mutually exclusive for now',
    ],
    [
      'one/log?tailLines=-1',
      422,
      'PodLogOptions "one" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
    ],
  ])('%s', async (path, code, message) => {
    expect((await api.ask('GET', `${pods}/${path}`)).json).toMatchObject({ code, message })
  })

  test('hands on what the kubelet refuses', async () => {
    answer = (_, response) => {
      response.statusCode = 400
      response.end('previous terminated container "a" in pod "one" not found')
    }
    expect((await api.ask('GET', `${pods}/one/log?previous=true`)).json).toMatchObject({
      code: 400,
      reason: 'BadRequest',
      message: 'previous terminated container "a" in pod "one" not found',
    })
  })
})
