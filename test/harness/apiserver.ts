// An API server for a test: the real one, in this process, on a port of its own, over a real etcd and certificates made
// for it.

import { generateKeyPairSync } from 'node:crypto'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { type ApiServer, createApiServer } from '../../lib/apiserver/api-server.ts'
import type { ServerConfig } from '../../lib/apiserver/context.ts'
import { serverConfig } from '../../lib/apiserver/server-config.ts'
import { builtinKinds } from '../../lib/kinds/index.ts'
import { createCa, issue, type KeyPair } from '../../lib/pki/issue.ts'
import { connectEtcd, type EtcdOptions } from '../../lib/storage/etcd-kv.ts'
import { type Logger, silentLogger } from '../../lib/util/log.ts'
import { type Etcd, startEtcd } from './etcd.ts'

export interface StartApiServerOptions {
  /** One of the caller's; absent: one of our own, stopped with the server. */
  etcd?: Pick<Etcd, 'clientOptions'>
  etcdOptions?: EtcdOptions
  prefix?: string
  config?: Partial<ServerConfig>
  log?: Logger
}

export interface TestApiServer {
  /** `https://127.0.0.1:<port>` */
  url: string
  caCert: string
  ca: KeyPair
  /** In group system:masters. */
  admin: KeyPair
  /** A kubeconfig of that admin, as JSON, which is YAML. */
  adminKubeconfig: string
  kubeconfigFor(user: KeyPair): string
  /** A certificate of the cluster's CA. */
  userCert(commonName: string, organizations?: string[], days?: number): Promise<KeyPair>
  /** Asks over HTTP/2 as the admin, or as `user`; with `user: null` without a certificate. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>
  server: ApiServer
  stop(): Promise<void>
}

export interface AskOptions {
  /** JSON, unless it is text or bytes already. */
  body?: unknown
  headers?: Record<string, string>
  user?: KeyPair | null
}

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  bytes: Buffer
  text: string
  /** The text as JSON; undefined when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  json: any
}

const readyWithinMs = 30_000

export async function startApiServer(options: StartApiServerOptions = {}): Promise<TestApiServer> {
  const ownEtcd = options.etcd || options.etcdOptions ? undefined : await startEtcd()
  const stops: (() => unknown)[] = [() => ownEtcd?.stop()]
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each()
  }
  try {
    const etcd = options.etcdOptions ?? (options.etcd ?? ownEtcd)?.clientOptions
    if (!etcd) throw new Error('no etcd')
    return { ...(await start(etcd, options, stops)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What has to be undone is added to `stops`, the last first. */
async function start(
  etcd: EtcdOptions,
  options: StartApiServerOptions,
  stops: (() => unknown)[],
): Promise<Omit<TestApiServer, 'stop'>> {
  const ca = await createCa({ commonName: 'kubernetes' })
  const serving = await issue(ca, {
    commonName: 'kube-apiserver',
    dnsNames: ['localhost'],
    ips: ['127.0.0.1'],
    usages: ['server'],
  })
  const userCert = (commonName: string, organizations: string[] = [], days = 1) =>
    issue(ca, { commonName, organizations, usages: ['client'], days })
  const admin = await userCert('kubernetes-super-admin', ['system:masters'])
  const kv = connectEtcd(etcd)
  stops.push(() => kv.close())
  const server = await createApiServer({
    kv,
    prefix: options.prefix ?? '/registry/',
    kinds: builtinKinds,
    config: testConfig(ca, options.config),
    listen: { host: '127.0.0.1', port: 0, cert: serving.cert, key: serving.key },
    log: options.log ?? silentLogger,
  })
  const stopping = new AbortController()
  const running = server.run(stopping.signal)
  stops.push(() => {
    stopping.abort()
    return running
  })
  await server.ready(AbortSignal.timeout(readyWithinMs))
  const url = `https://127.0.0.1:${server.port}`
  const sessions = new Sessions(url, ca.cert)
  stops.push(() => sessions.close())
  const kubeconfigFor = (user: KeyPair) => kubeconfig(url, ca.cert, user)
  return {
    url,
    caCert: ca.cert,
    ca,
    admin,
    adminKubeconfig: kubeconfigFor(admin),
    kubeconfigFor,
    userCert,
    ask: (method, path, { user = admin, ...rest } = {}) => ask(sessions.of(user), method, path, rest),
    server,
  }
}

function testConfig(ca: KeyPair, given: Partial<ServerConfig> = {}): ServerConfig {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const issuer = 'https://kubernetes.default.svc.cluster.local'
  return serverConfig({
    clientCa: ca.cert,
    serviceAccount: {
      issuer,
      audiences: [issuer],
      signingKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      keys: [publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    },
    advertiseAddress: '127.0.0.1',
    shutdownTimeoutMs: 1000,
    ...given,
  })
}

function kubeconfig(server: string, caCert: string, user: KeyPair): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': base64(caCert) } }],
    users: [
      {
        name: 'user',
        user: { 'client-certificate-data': base64(user.cert), 'client-key-data': base64(user.key) },
      },
    ],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'user' } }],
    'current-context': 'test',
  })
}

/** One HTTP/2 connection for each user. */
class Sessions {
  readonly #url: string
  readonly #ca: string
  readonly #open = new Map<string, ClientHttp2Session>()

  constructor(url: string, ca: string) {
    this.#url = url
    this.#ca = ca
  }

  of(user: KeyPair | null): ClientHttp2Session {
    const id = user?.cert ?? ''
    const known = this.#open.get(id)
    if (known && !known.destroyed && !known.closed) return known
    const session = connectHttp2(this.#url, { ca: this.#ca, ...(user ? { cert: user.cert, key: user.key } : {}) })
    // A broken connection fails the requests on it, and they tell.
    session.on('error', () => {})
    this.#open.set(id, session)
    return session
  }

  close(): void {
    for (const session of this.#open.values()) session.destroy()
  }
}

function ask(
  session: ClientHttp2Session,
  method: string,
  path: string,
  options: Omit<AskOptions, 'user'>,
): Promise<Answer> {
  const { body, headers = {} } = options
  const isReady = body === undefined || typeof body === 'string' || body instanceof Uint8Array
  const payload = isReady ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const type = payload === undefined ? {} : { 'content-type': 'application/json' }
    const stream = session.request({ ':method': method, ':path': path, ...type, ...headers }, { endStream: false })
    const chunks: Buffer[] = []
    let received: Answer['headers'] = {}
    stream.on('response', answer => {
      received = answer as Answer['headers']
    })
    stream.on('data', chunk => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('end', () => {
      const bytes = Buffer.concat(chunks)
      const text = bytes.toString()
      resolve({ status: Number(received[':status']), headers: received, bytes, text, json: parsed(text) })
    })
    stream.end(payload)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
