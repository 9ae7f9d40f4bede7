// Reads a kubeconfig: the current context's server, and who we are there. Files it names are read again at every new
// session, since certificates and tokens are rotated under us.

import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import type { TlsMaterial } from './transport.ts'

export interface ClientOptions {
  /** `https://127.0.0.1:6443` */
  server: string
  /** PEM, or a function asked at every new session. */
  tls?: TlsMaterial | (() => TlsMaterial)
  /** A bearer token, or a function asked at every request. */
  token?: string | (() => string | undefined | Promise<string | undefined>)
  /** Told when the server did not know the token, before it is asked for once more. */
  onUnauthorized?: () => void
  /** For requests other than watches. Defaults to 60 s, the API server's own limit. */
  timeoutMs?: number
  userAgent?: string
}

interface Cluster {
  server?: string
  'certificate-authority'?: string
  'certificate-authority-data'?: string
  'insecure-skip-tls-verify'?: boolean
  'tls-server-name'?: string
}

interface User {
  'client-certificate'?: string
  'client-certificate-data'?: string
  'client-key'?: string
  'client-key-data'?: string
  token?: string
  tokenFile?: string
}

interface Kubeconfig {
  'current-context'?: string
  contexts?: { name: string; context?: { cluster?: string; user?: string } }[]
  clusters?: { name: string; cluster?: Cluster }[]
  users?: { name: string; user?: User }[]
}

/** A kubeconfig that cannot be used; the message says why. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError'
}

/** Throws KubeconfigError. */
export function readKubeconfig(path: string): ClientOptions {
  const config = parsed(path)
  const context = named(config.contexts, config['current-context'], path, 'context')?.context ?? {}
  const cluster = named(config.clusters, context.cluster, path, 'cluster').cluster ?? {}
  const user = context.user ? (named(config.users, context.user, path, 'user').user ?? {}) : {}
  if (!cluster.server) throw new KubeconfigError(`${path}: cluster "${context.cluster}" has no server`)
  const token = tokenOf(user, path)
  return { server: cluster.server, tls: () => tlsOf(cluster, user, path), ...(token ? { token } : {}) }
}

function parsed(path: string): Kubeconfig {
  try {
    return (parse(readFileSync(path, 'utf8')) ?? {}) as Kubeconfig
  } catch (error) {
    throw new KubeconfigError(`cannot read the kubeconfig ${path}: ${(error as Error).message}`, { cause: error })
  }
}

function named<T extends { name: string }>(
  list: T[] | undefined,
  name: string | undefined,
  path: string,
  what: string,
): T {
  const found = list?.find(entry => entry.name === name)
  if (!found) throw new KubeconfigError(`${path}: there is no ${what} "${name ?? ''}"`)
  return found
}

function tokenOf(user: User, path: string): ClientOptions['token'] {
  const { token, tokenFile } = user
  if (tokenFile) return () => readFileSync(resolve(dirname(path), tokenFile), 'utf8').trim()
  return token
}

function tlsOf(cluster: Cluster, user: User, path: string): TlsMaterial {
  const pem = (data: string | undefined, file: string | undefined): string | undefined => {
    if (data) return Buffer.from(data, 'base64').toString('utf8')
    return file ? readFileSync(resolve(dirname(path), file), 'utf8') : undefined
  }
  const ca = pem(cluster['certificate-authority-data'], cluster['certificate-authority'])
  const cert = pem(user['client-certificate-data'], user['client-certificate'])
  const key = pem(user['client-key-data'], user['client-key'])
  const servername = cluster['tls-server-name']
  return {
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(servername ? { servername } : {}),
    ...(cluster['insecure-skip-tls-verify'] ? { rejectUnauthorized: false } : {}),
  }
}
