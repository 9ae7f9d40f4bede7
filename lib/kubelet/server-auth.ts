// Who may ask this node: a certificate of the cluster's CA or a token says who it is, the API server says whether they
// may. Answers are kept for a short while.

import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { Client } from '../client/client.ts'
import { type TokenReview, tokenReviews } from '../kinds/authentication/token-review.ts'
import { type SubjectAccessReview, subjectAccessReviews } from '../kinds/authorization/subject-access-review.ts'
import type { Clock } from '../util/clock.ts'

export interface User {
  name: string
  groups: string[]
}

const verbs: Record<string, string> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** Finer than nodes/proxy, which allows them all. */
const fine: [prefix: string, subresource: string][] = [
  ['/stats', 'stats'],
  ['/metrics', 'metrics'],
  ['/logs', 'log'],
  ['/checkpoint', 'checkpoint'],
  ['/pods', 'pods'],
  ['/runningpods', 'pods'],
  ['/healthz', 'healthz'],
  ['/configz', 'configz'],
]
/** These alone are not also allowed by nodes/proxy. */
const exclusive = new Set(['stats', 'metrics', 'log', 'checkpoint'])

const allowedMs = 300_000
const deniedMs = 30_000
const maxKept = 1000

export class ServerAuth {
  readonly #client: Client
  readonly #clock: Clock
  readonly #nodeName: string
  readonly #kept = new Map<string, { value: unknown; untilMs: number }>()

  constructor(client: Client, clock: Clock, nodeName: string) {
    this.#client = client
    this.#clock = clock
    this.#nodeName = nodeName
  }

  /** undefined: nobody we know. */
  async authenticate(request: IncomingMessage): Promise<User | undefined> {
    const user = certificateUser(request.socket as TLSSocket)
    if (user) return user
    const [scheme, token] = request.headers.authorization?.split(' ') ?? []
    if (scheme?.toLowerCase() !== 'bearer' || !token) return undefined
    return this.#tokenUser(token)
  }

  /** undefined: allowed; else the text of the refusal. */
  async refusal(user: User, method: string, path: string): Promise<string | undefined> {
    const verb = verbs[method] ?? ''
    const subresources = subresourcesOf(path)
    for (const subresource of subresources) {
      const isAllowed = await this.#remembered(
        JSON.stringify([user.name, user.groups, verb, subresource]),
        () => this.#review(user, verb, subresource),
        allowed => (allowed ? allowedMs : deniedMs),
      )
      if (isAllowed) return undefined
    }
    const names = subresources.join(' ')
    return `Forbidden (user=${user.name}, verb=${verb}, resource=nodes, subresource(s)=[${names}])\n`
  }

  async #review(user: User, verb: string, subresource: string): Promise<boolean> {
    const review: SubjectAccessReview = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      metadata: {},
      spec: {
        user: user.name,
        groups: user.groups,
        resourceAttributes: { verb, version: 'v1', resource: 'nodes', subresource, name: this.#nodeName },
      },
    }
    const { status } = await this.#client.create(subjectAccessReviews, review)
    return status?.allowed === true
  }

  #tokenUser(token: string): Promise<User | undefined> {
    const ask = async () => {
      const review: TokenReview = {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        metadata: {},
        spec: { token },
      }
      const { status } = await this.#client.create(tokenReviews, review)
      if (!status?.authenticated) return undefined
      return { name: status.user?.username ?? '', groups: status.user?.groups ?? [] }
    }
    return this.#remembered(`token ${token}`, ask, user => (user ? deniedMs : 0))
  }

  async #remembered<T>(key: string, ask: () => Promise<T>, keepMs: (value: T) => number): Promise<T> {
    const known = this.#kept.get(key)
    if (known && this.#clock.now() < known.untilMs) return known.value as T
    const value = await ask()
    this.#kept.delete(key)
    this.#kept.set(key, { value, untilMs: this.#clock.now() + keepMs(value) })
    const [oldest = ''] = this.#kept.keys()
    if (this.#kept.size > maxKept) this.#kept.delete(oldest)
    return value
  }
}

function certificateUser(socket: TLSSocket): User | undefined {
  if (!socket.authorized) return undefined
  const lines = socket.getPeerX509Certificate()?.subject?.split('\n') ?? []
  const values = (name: string) =>
    lines.filter(line => line.startsWith(`${name}=`)).map(line => line.slice(name.length + 1))
  const [name] = values('CN')
  return name ? { name, groups: [...values('O'), 'system:authenticated'] } : undefined
}

function subresourcesOf(path: string): string[] {
  const found = fine.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))
  if (!found) return ['proxy']
  return exclusive.has(found[1]) ? [found[1]] : [found[1], 'proxy']
}
