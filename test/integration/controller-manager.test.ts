// The binary: health and metrics, one leader of two, killed at a bad moment and started again, etcd gone for a while.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Client } from '../../lib/client/client.ts'
import { connect } from '../../lib/client/http-client.ts'
import { type Deployment, deployments } from '../../lib/kinds/apps/deployment.ts'
import { leases } from '../../lib/kinds/coordination/lease.ts'
import { pods } from '../../lib/kinds/core/pod.ts'
import { issue, type KeyPair } from '../../lib/pki/issue.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd, type Etcd, startEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'
import { deployment } from './controller-cluster.ts'

const describe = await describeWithEtcd()
const program = resolve(import.meta.dirname, '../../cmd/kube-controller-manager.ts')

describe('kube-controller-manager', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kcm-'))
  const running = new Set<ChildProcess>()
  let etcd: Etcd
  let api: TestApiServer
  let client: Client

  beforeAll(async () => {
    etcd = await startEtcd()
    api = await startApiServer({ etcd })
    client = connect({ server: api.url, tls: { ca: api.caCert, ...api.admin } })
    const serving = await issue(api.ca, { commonName: 'component', ips: ['127.0.0.1'], usages: ['server'] })
    const files = {
      'ca.crt': api.caCert,
      'serving.crt': serving.cert,
      'serving.key': serving.key,
      kubeconfig: api.kubeconfigFor(await api.userCert('system:kube-controller-manager')),
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text, { mode: 0o600 })
  }, 60_000)

  afterAll(async () => {
    await Promise.all([...running].map(child => kill(child, 'SIGKILL')))
    client?.close()
    await api?.stop()
    await etcd?.stop()
    rmSync(dir, { recursive: true })
  }, 60_000)

  async function freePort(): Promise<number> {
    const server = createServer()
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
    const { port } = server.address() as AddressInfo
    await new Promise(closed => server.close(closed))
    return port
  }

  async function start(): Promise<{ child: ChildProcess; port: number }> {
    const port = await freePort()
    const at = (name: string) => join(dir, name)
    const child = spawn(
      process.execPath,
      [
        program,
        `--kubeconfig=${at('kubeconfig')}`,
        `--etcd-servers=${etcd.endpoints.join(',')}`,
        `--root-ca-file=${at('ca.crt')}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${port}`,
        `--tls-cert-file=${at('serving.crt')}`,
        `--tls-private-key-file=${at('serving.key')}`,
        `--client-ca-file=${at('ca.crt')}`,
        '--leader-elect=true',
        '--leader-elect-lease-duration=1500ms',
        '--leader-elect-renew-deadline=1s',
        '--leader-elect-retry-period=200ms',
      ],
      { stdio: process.env.BINNACLE_TEST_LOG ? 'inherit' : 'ignore' },
    )
    running.add(child)
    child.once('exit', () => running.delete(child))
    return { child, port }
  }

  async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const exited = new Promise<number | null>(done => child.once('exit', done))
    child.kill(signal)
    return exited
  }

  function ask(port: number, path: string, user?: KeyPair): Promise<{ status: number; text: string }> {
    const options = { host: '127.0.0.1', port, path, ca: api.caCert, agent: false, ...user }
    return new Promise((answered, failed) => {
      get(options, response => {
        const chunks: Buffer[] = []
        response.on('data', chunk => chunks.push(chunk))
        response.on('end', () => answered({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
      }).on('error', failed)
    })
  }

  const podsOf = async (name: string) =>
    (await client.list(pods, { namespace: 'default', labelSelector: `app=${name}` })).items
  const holder = async () =>
    (await client.get(leases, { namespace: 'kube-system', name: 'kube-controller-manager' })).spec?.holderIdentity

  test('serves health to all and metrics to known clients; leads; ends cleanly', async () => {
    const { child, port } = await start()
    await eventually(async () => (await ask(port, '/healthz')).text === 'ok')
    expect((await ask(port, '/metrics')).status).toBe(401)
    await client.create(deployments, deployment('first', 2, 'i') as Deployment)
    await eventually(async () => (await podsOf('first')).length === 2)
    const metrics = await ask(port, '/metrics', api.admin)
    expect(metrics.status).toBe(200)
    expect(metrics.text).toMatch(/workqueue_adds_total\{name="deployment"\} [1-9]/)
    expect(await holder()).not.toBe('')
    expect(await kill(child, 'SIGTERM')).toBe(0)
    expect(await holder()).toBe('')
  }, 60_000)

  test('killed in the middle, another goes on, and nothing is made twice', async () => {
    const first = await start()
    await eventually(async () => (await ask(first.port, '/healthz')).text === 'ok')
    await eventually(async () => (await holder()) !== '')
    const second = await start()
    await client.create(deployments, deployment('many', 40, 'i') as Deployment)
    await eventually(async () => (await podsOf('many')).length > 0)
    await kill(first.child, 'SIGKILL')
    await eventually(
      async () => {
        const { status } = await client.get(deployments, { namespace: 'default', name: 'many' })
        return status?.replicas === 40
      },
      { timeoutMs: 30_000 },
    )
    expect(await podsOf('many')).toHaveLength(40)
    await kill(second.child, 'SIGTERM')
  }, 90_000)

  test('etcd gone at the start and later: it waits, and goes on', async () => {
    await etcd.kill()
    const { child, port } = await start()
    await eventually(async () => (await ask(port, '/healthz')).text === 'ok')
    await etcd.restart()
    await eventually(() => client.create(deployments, deployment('late', 1, 'i') as Deployment), { timeoutMs: 30_000 })
    await eventually(async () => (await podsOf('late')).length === 1, { timeoutMs: 30_000 })
    expect(child.exitCode).toBeNull()
    await kill(child, 'SIGTERM')
  }, 90_000)
})
