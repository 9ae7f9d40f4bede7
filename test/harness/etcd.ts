// An etcd of the test's own: the program on PATH, or a container. Where there is neither, CI fails and others skip.

import { createCa, issue } from '../../lib/pki/issue.ts'
import type { EtcdOptions } from '../../lib/storage/etcd-kv.ts'
import { containerEngineAnswers, startEtcdContainer } from './etcd-container.ts'
import { etcdIsOnPath, startEtcdProcess } from './etcd-process.ts'

export interface StartEtcdOptions {
  /** Client certificates are asked for, and their common names are etcd's users. */
  tls?: boolean
}

/** A running etcd server, however it runs. */
export interface EtcdServer {
  port: number
  /** Of a process; a container has none here. */
  pid: number | undefined
  /** As `kill -9`. */
  kill(): Promise<void>
  /** With the same data, at the same port. */
  restart(): Promise<void>
  /** Stops it and removes its data. */
  stop(): Promise<void>
}

/** PEM files as texts. */
export interface ServerTls {
  ca: string
  cert: string
  key: string
  /** For asking about the server's health. */
  client: { cert: string; key: string }
}

export interface Etcd extends Omit<EtcdServer, 'pid'> {
  endpoints: string[]
  /** For connectEtcd; with `tls`, as root. */
  clientOptions: EtcdOptions
  /** With `tls`: for connectEtcd as another user. */
  clientOptionsFor(user: string): Promise<EtcdOptions>
  readonly pid: number | undefined
}

/** The rung of the ladder that tests stand on here. */
async function findEtcd(): Promise<'process' | 'container' | undefined> {
  if (process.env.BINNACLE_TEST_ETCD === 'docker') return 'container'
  if (etcdIsOnPath()) return 'process'
  return (await containerEngineAnswers()) ? 'container' : undefined
}

const MISSING = 'no etcd: install one (apt-get install etcd-server) or start a container engine'

/** `describe`, or outside CI, where there is no etcd, `describe.skip` with the reason in the name. */
export async function describeWithEtcd(): Promise<(name: string, tests: () => void) => void> {
  // Benchmarks start an etcd too, and there is no jest.
  const { describe } = await import('@jest/globals')
  if (process.env.CI || (await findEtcd())) return describe
  return (name, tests) => describe.skip(`${name} (${MISSING})`, tests)
}

export async function startEtcd({ tls = false }: StartEtcdOptions = {}): Promise<Etcd> {
  const kind = await findEtcd()
  if (!kind) throw new Error(MISSING)
  const pki = tls ? await createPki() : undefined
  const server = await (kind === 'process' ? startEtcdProcess(pki?.server) : startEtcdContainer(pki?.server))
  const endpoints = [`${tls ? 'https' : 'http'}://127.0.0.1:${server.port}`]
  const clientOptionsFor = async (user: string) => ({ endpoints, ...(await pki?.client(user)) })
  return {
    port: server.port,
    get pid() {
      return server.pid
    },
    endpoints,
    clientOptions: { endpoints, ...pki?.root },
    clientOptionsFor,
    kill: () => server.kill(),
    restart: () => server.restart(),
    stop: () => server.stop(),
  }
}

async function createPki() {
  const ca = await createCa({ commonName: 'etcd-ca' })
  const client = async (user: string) => ({
    ca: ca.cert,
    ...(await issue(ca, { commonName: user, usages: ['client'] })),
  })
  const root = await client('root')
  const pair = await issue(ca, {
    commonName: 'etcd',
    dnsNames: ['localhost'],
    ips: ['127.0.0.1'],
    // etcd's own gateway dials the server with the server's certificate.
    usages: ['server', 'client'],
  })
  const server: ServerTls = { ca: ca.cert, ...pair, client: { cert: root.cert, key: root.key } }
  return { server, client, root }
}
