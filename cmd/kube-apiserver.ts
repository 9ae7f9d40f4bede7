// kube-apiserver: the Kubernetes API over etcd. Flags are upstream's.

import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { createApiServer } from '../lib/apiserver/api-server.ts'
import type { ServerConfig } from '../lib/apiserver/context.ts'
import { componentHealthAt, serverConfig } from '../lib/apiserver/server-config.ts'
import { builtinKinds } from '../lib/kinds/index.ts'
import { connectEtcd } from '../lib/storage/etcd-kv.ts'
import { runComponent, UserError } from '../lib/util/component.ts'

interface Flags {
  etcdServers: string[]
  etcdCafile?: string
  etcdCertfile?: string
  etcdKeyfile?: string
  etcdPrefix: string
  bindAddress: string
  advertiseAddress?: string
  securePort: number
  tlsCertFile: string
  tlsPrivateKeyFile: string
  clientCaFile?: string
  requestheaderClientCaFile?: string
  requestheaderAllowedNames: string[]
  requestheaderUsernameHeaders: string[]
  requestheaderGroupHeaders: string[]
  requestheaderExtraHeadersPrefix: string[]
  anonymousAuth: boolean
  authorizationMode: string[]
  serviceAccountIssuer: string
  apiAudiences?: string[]
  serviceAccountKeyFile: string[]
  serviceAccountSigningKeyFile: string
  serviceAccountMaxTokenExpiration?: number
  serviceClusterIpRange: string
  serviceNodePortRange: { from: number; to: number }
  kubeletClientCertificate?: string
  kubeletClientKey?: string
  kubeletCertificateAuthority?: string
  maxRequestsInflight: number
  maxMutatingRequestsInflight: number
  requestTimeout: number
  minRequestTimeout: number
  shutdownDelayDuration: number
}

const list = (text: string) => text.split(',').filter(part => part !== '')

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

function boolean(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('It must be true or false.')
  return text === 'true'
}

function portRange(text: string): { from: number; to: number } {
  const match = /^(\d+)-(\d+)$/.exec(text)
  if (!match) throw new InvalidArgumentError('It must be like 30000-32767.')
  return { from: Number(match[1]), to: Number(match[2]) }
}

function read(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw Object.assign(new UserError(`--${flag}: ${(cause as Error).message}`), { cause })
  }
}

function readIf(flag: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : read(flag, path)
}

const program = new Command('kube-apiserver')
  .description('serves the Kubernetes API from etcd')
  .requiredOption('--etcd-servers <urls>', 'etcd endpoints, comma-separated', list)
  .option('--etcd-cafile <file>', "CA of etcd's certificates")
  .option('--etcd-certfile <file>', 'client certificate for etcd')
  .option('--etcd-keyfile <file>', 'its key')
  .option('--etcd-prefix <prefix>', 'what all keys begin with', '/registry')
  .option('--bind-address <address>', 'address to listen on', '0.0.0.0')
  .option('--advertise-address <address>', 'address at which members of the cluster reach this server')
  .option('--secure-port <port>', 'port to listen on, with TLS', wholeNumber, 6443)
  .requiredOption('--tls-cert-file <file>', 'serving certificate')
  .requiredOption('--tls-private-key-file <file>', 'its key')
  .option('--client-ca-file <file>', 'CA of client certificates')
  .option('--requestheader-client-ca-file <file>', 'CA of front proxies')
  .option('--requestheader-allowed-names <names>', 'common names of front proxies; none: any', list, [])
  .option('--requestheader-username-headers <names>', 'headers with the user', list, ['x-remote-user'])
  .option('--requestheader-group-headers <names>', 'headers with groups', list, ['x-remote-group'])
  .option('--requestheader-extra-headers-prefix <prefixes>', 'prefixes of other headers', list, ['x-remote-extra-'])
  .option('--anonymous-auth <boolean>', 'let requests without credentials in as system:anonymous', boolean, true)
  .option('--authorization-mode <modes>', 'Node, RBAC, AlwaysAllow, in order', list, ['Node', 'RBAC'])
  .requiredOption('--service-account-issuer <url>', 'who issues ServiceAccount tokens')
  .option('--api-audiences <audiences>', 'audiences of this API; the issuer when absent', list)
  .option(
    '--service-account-key-file <file>',
    'public keys that verify tokens; may be given again',
    (file: string, all: string[]) => [...all, file],
    [],
  )
  .requiredOption('--service-account-signing-key-file <file>', 'private key that signs tokens')
  .option('--service-account-max-token-expiration <seconds>', 'longest life of a token', wholeNumber)
  .option('--service-cluster-ip-range <cidr>', 'addresses of Services', '10.96.0.0/12')
  .option('--service-node-port-range <range>', 'ports of NodePort Services', portRange, { from: 30000, to: 32767 })
  .option('--kubelet-client-certificate <file>', 'client certificate for kubelets')
  .option('--kubelet-client-key <file>', 'its key')
  .option('--kubelet-certificate-authority <file>', "CA of kubelets' serving certificates")
  .option('--max-requests-inflight <n>', 'reading requests at once; 0: no limit', wholeNumber, 400)
  .option('--max-mutating-requests-inflight <n>', 'writing requests at once; 0: no limit', wholeNumber, 200)
  .option('--request-timeout <seconds>', 'for requests that are not long-running', wholeNumber, 60)
  .option('--min-request-timeout <seconds>', 'a watch lives at least this long', wholeNumber, 1800)
  .option('--shutdown-delay-duration <seconds>', 'to go on serving when stopped, not ready any more', wholeNumber, 0)

function configOf(flags: Flags): ServerConfig {
  const clientCa = readIf('client-ca-file', flags.clientCaFile)
  const proxyCa = readIf('requestheader-client-ca-file', flags.requestheaderClientCaFile)
  return serverConfig({
    ...(clientCa ? { clientCa } : {}),
    ...(proxyCa ? { requestHeader: requestHeader(proxyCa, flags) } : {}),
    anonymousAuth: flags.anonymousAuth,
    authorizationModes: flags.authorizationMode,
    serviceAccount: serviceAccount(flags),
    serviceClusterIpRange: flags.serviceClusterIpRange,
    serviceNodePortRange: flags.serviceNodePortRange,
    advertiseAddress: flags.advertiseAddress ?? flags.bindAddress,
    // Where several clusters share a machine, each has an address of its own, and its components listen there.
    ...(flags.bindAddress === '0.0.0.0' ? {} : { componentHealth: componentHealthAt(flags.bindAddress) }),
    securePort: flags.securePort,
    kubelet: kubeletTls(flags),
    maxRequestsInFlight: flags.maxRequestsInflight,
    maxMutatingRequestsInFlight: flags.maxMutatingRequestsInflight,
    requestTimeoutMs: flags.requestTimeout * 1000,
    minRequestTimeoutMs: flags.minRequestTimeout * 1000,
    shutdownDelayMs: flags.shutdownDelayDuration * 1000,
  })
}

function requestHeader(ca: string, flags: Flags): NonNullable<ServerConfig['requestHeader']> {
  return {
    ca,
    allowedNames: flags.requestheaderAllowedNames,
    usernameHeaders: flags.requestheaderUsernameHeaders,
    groupHeaders: flags.requestheaderGroupHeaders,
    extraHeadersPrefix: flags.requestheaderExtraHeadersPrefix,
  }
}

function serviceAccount(flags: Flags): ServerConfig['serviceAccount'] {
  const signingKey = read('service-account-signing-key-file', flags.serviceAccountSigningKeyFile)
  const keys = flags.serviceAccountKeyFile.map(file => read('service-account-key-file', file))
  const seconds = flags.serviceAccountMaxTokenExpiration
  return {
    issuer: flags.serviceAccountIssuer,
    audiences: flags.apiAudiences ?? [flags.serviceAccountIssuer],
    signingKey,
    keys: keys.length > 0 ? keys : [signingKey],
    ...(seconds === undefined ? {} : { maxTokenExpirationSeconds: seconds }),
  }
}

function kubeletTls(flags: Flags): ServerConfig['kubelet'] {
  const clientCert = readIf('kubelet-client-certificate', flags.kubeletClientCertificate)
  const clientKey = readIf('kubelet-client-key', flags.kubeletClientKey)
  const ca = readIf('kubelet-certificate-authority', flags.kubeletCertificateAuthority)
  return { ...(clientCert ? { clientCert } : {}), ...(clientKey ? { clientKey } : {}), ...(ca ? { ca } : {}) }
}

function etcdOf(flags: Flags) {
  const ca = readIf('etcd-cafile', flags.etcdCafile)
  const cert = readIf('etcd-certfile', flags.etcdCertfile)
  const key = readIf('etcd-keyfile', flags.etcdKeyfile)
  const tls = { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) }
  return connectEtcd({ endpoints: flags.etcdServers, ...tls })
}

await runComponent<Flags>(program, async (flags, { signal, log }) => {
  const kv = etcdOf(flags)
  try {
    const server = await createApiServer({
      kv,
      prefix: `${flags.etcdPrefix.replace(/\/+$/, '')}/`,
      kinds: builtinKinds,
      config: configOf(flags),
      listen: {
        host: flags.bindAddress,
        port: flags.securePort,
        cert: read('tls-cert-file', flags.tlsCertFile),
        key: read('tls-private-key-file', flags.tlsPrivateKeyFile),
      },
      log,
    })
    log.info({ address: flags.bindAddress, port: server.port }, 'serving')
    await server.run(signal)
  } finally {
    kv.close()
  }
})
