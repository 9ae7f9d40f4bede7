// The Client over HTTP/2: kinds become paths, answers become objects or StatusErrors.

import { setTimeout as sleep } from 'node:timers/promises'
import { StatusError } from '../api/errors.ts'
import type { KubeObject, ObjectKey } from '../api/meta.ts'
import { apiVersionOf, type ResourceDefinition, resourcePath } from '../api/resource.ts'
import { formatLabelSelector } from '../api/selectors.ts'
import type { WatchSource } from '../api/watch.ts'
import type { Client, DeleteOptions, ListQuery, PatchOptions, PatchType } from './client.ts'
import { type ClientOptions, readKubeconfig } from './kubeconfig.ts'
import { readAll, Transport, type TransportAnswer } from './transport.ts'
import { watchStream } from './watch-stream.ts'

const pageSize = 500
const defaultTimeoutMs = 60_000
const maxRetries = 10

const patchTypes: Record<PatchType, string> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

type Query = Record<string, string | undefined>

interface Ask {
  method: string
  path: string
  query?: Query
  body?: unknown
  contentType?: string
  signal?: AbortSignal | undefined
}

interface ListAnswer<T> {
  metadata?: { resourceVersion?: string; continue?: string }
  items?: T[] | null
}

/** A client of the API server that a kubeconfig, or the options, name. Throws KubeconfigError. */
export function connect(target: string | ClientOptions): Client {
  const options = typeof target === 'string' ? readKubeconfig(target) : target
  return new HttpClient(transportFor(options), options)
}

/** One session that many clients can share; see `clientOver`. */
export function transportFor({ server, tls = {} }: ClientOptions): Transport {
  return new Transport({ server, tls: typeof tls === 'function' ? tls : () => tls })
}

/** A client with a token of its own over a shared session. Closing it closes the session. */
export function clientOver(transport: Transport, options: Omit<ClientOptions, 'server' | 'tls'>): Client {
  return new HttpClient(transport, options)
}

class HttpClient implements Client {
  readonly #transport: Transport
  readonly #options: Omit<ClientOptions, 'server' | 'tls'>

  constructor(transport: Transport, options: Omit<ClientOptions, 'server' | 'tls'>) {
    this.#transport = transport
    this.#options = options
  }

  get<T extends KubeObject>(def: ResourceDefinition<T>, at: ObjectKey, signal?: AbortSignal): Promise<T> {
    return this.#json<T>({ method: 'GET', path: resourcePath(def, at), signal })
  }

  async list<T extends KubeObject>(def: ResourceDefinition<T>, query: ListQuery = {}, signal?: AbortSignal) {
    try {
      return await this.#pages<T>(def, query, pageSize, signal)
    } catch (error) {
      // The snapshot was compacted while we paged through it: one answer without pages is consistent again.
      if (!(error instanceof StatusError && error.code === 410)) throw error
      return this.#pages<T>(def, query, undefined, signal)
    }
  }

  create<T extends KubeObject>(def: ResourceDefinition<T>, obj: T, signal?: AbortSignal): Promise<T> {
    const path = resourcePath(def, namespaceOf(obj))
    return this.#json<T>({ method: 'POST', path, body: typed(def, obj), signal })
  }

  createSubresource<B extends KubeObject, R extends KubeObject = B>(
    def: ResourceDefinition,
    at: ObjectKey,
    subresource: string,
    body: B,
    signal?: AbortSignal,
  ): Promise<R> {
    return this.#json<R>({ method: 'POST', path: resourcePath(def, { ...at, subresource }), body, signal })
  }

  update<T extends KubeObject>(
    def: ResourceDefinition<T>,
    obj: T,
    options: { subresource?: string } = {},
    signal?: AbortSignal,
  ): Promise<T> {
    const path = resourcePath(def, { ...namespaceOf(obj), name: obj.metadata.name ?? '', ...options })
    return this.#json<T>({ method: 'PUT', path, body: typed(def, obj), signal })
  }

  patch<T extends KubeObject>(
    def: ResourceDefinition<T>,
    at: ObjectKey,
    body: unknown,
    { type, subresource, fieldManager, force }: PatchOptions,
    signal?: AbortSignal,
  ): Promise<T> {
    return this.#json<T>({
      method: 'PATCH',
      path: resourcePath(def, { ...at, ...(subresource ? { subresource } : {}) }),
      query: { fieldManager, force: force === undefined ? undefined : String(force) },
      body,
      contentType: patchTypes[type],
      signal,
    })
  }

  async delete(def: ResourceDefinition, at: ObjectKey, options: DeleteOptions = {}, signal?: AbortSignal) {
    await this.#json({ method: 'DELETE', path: resourcePath(def, at), body: deleteOptions(options), signal })
  }

  async deleteCollection(
    def: ResourceDefinition,
    query: ListQuery,
    options: DeleteOptions = {},
    signal?: AbortSignal,
  ): Promise<void> {
    const path = resourcePath(def, query)
    await this.#json({ method: 'DELETE', path, query: selectors(query), body: deleteOptions(options), signal })
  }

  source<T extends KubeObject>(def: ResourceDefinition<T>, query: ListQuery = {}): WatchSource<T> {
    return {
      list: signal => this.list(def, query, signal),
      watch: (resourceVersion, signal) => this.#watch(def, query, resourceVersion, signal),
    }
  }

  raw(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
    return this.#json({ method, path, body, signal })
  }

  close(): void {
    this.#transport.close()
  }

  async #pages<T extends KubeObject>(
    def: ResourceDefinition<T>,
    query: ListQuery,
    limit: number | undefined,
    signal: AbortSignal | undefined,
  ) {
    const items: T[] = []
    let resourceVersion = ''
    let token: string | undefined
    do {
      const page: ListAnswer<T> = await this.#json({
        method: 'GET',
        path: resourcePath(def, query),
        query: { ...selectors(query), limit: limit?.toString(), continue: token },
        signal,
      })
      resourceVersion ||= page.metadata?.resourceVersion ?? ''
      for (const item of page.items ?? []) items.push(typed(def, item))
      token = page.metadata?.continue || undefined
    } while (token)
    return { items, resourceVersion }
  }

  async *#watch<T extends KubeObject>(
    def: ResourceDefinition<T>,
    query: ListQuery,
    resourceVersion: string,
    signal: AbortSignal,
  ) {
    // Spread over time, so that watches which began together do not all end together.
    const timeoutSeconds = String(300 + Math.floor(Math.random() * 300))
    const answer = await this.#ask({
      method: 'GET',
      path: resourcePath(def, query),
      query: { ...selectors(query), watch: 'true', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds },
      signal,
    })
    if (answer.status !== 200) throw await this.#errorOf(answer)
    yield* watchStream<T>(answer.body, cause => this.#transport.noAnswer(cause), signal)
  }

  async #json<R>(ask: Ask): Promise<R> {
    const timeoutMs = this.#options.timeoutMs ?? defaultTimeoutMs
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = ask.signal ? AbortSignal.any([ask.signal, timeout]) : timeout
    try {
      const answer = await this.#ask({ ...ask, signal })
      if (answer.status >= 300) throw await this.#errorOf(answer)
      const text = await this.#text(answer)
      return (text ? JSON.parse(text) : undefined) as R
    } catch (error) {
      ask.signal?.throwIfAborted()
      throw timeout.aborted ? this.#transport.noAnswer(new Error(`not within ${timeoutMs} ms`)) : error
    }
  }

  /** A token that is not known any more is replaced once. */
  async #ask(ask: Ask): Promise<TransportAnswer> {
    const answer = await this.#patiently(ask)
    if (answer.status !== 401 || !this.#options.onUnauthorized) return answer
    answer.body.destroy()
    this.#options.onUnauthorized()
    return this.#patiently(ask)
  }

  /** Waits and asks again while the server says that it is too busy, as Retry-After tells. */
  async #patiently(ask: Ask): Promise<TransportAnswer> {
    for (let retry = 0; ; retry++) {
      const answer = await this.#once(ask)
      const seconds = Number(answer.headers['retry-after'])
      const asked = (answer.status === 429 || answer.status >= 500) && answer.headers['retry-after'] !== undefined
      if (!asked || !Number.isFinite(seconds) || retry === maxRetries) return answer
      answer.body.destroy()
      await sleep(seconds * 1000, undefined, ask.signal ? { signal: ask.signal } : {})
    }
  }

  async #once({ method, path, query, body, contentType, signal }: Ask): Promise<TransportAnswer> {
    const { token, userAgent = 'binnacle' } = this.#options
    const bearer = typeof token === 'function' ? await token() : token
    return this.#transport.request({
      method,
      path: path + queryText(query),
      headers: {
        accept: 'application/json',
        'user-agent': userAgent,
        ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
        ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    })
  }

  async #text(answer: TransportAnswer): Promise<string> {
    try {
      return (await readAll(answer.body)).toString('utf8')
    } catch (error) {
      throw this.#transport.noAnswer(error)
    }
  }

  async #errorOf(answer: TransportAnswer): Promise<StatusError> {
    const text = await this.#text(answer)
    try {
      const status = JSON.parse(text)
      if (status?.kind === 'Status') return StatusError.from({ code: answer.status, ...status })
    } catch {
      // Not a Status: something between us and the API server answered. Its words are the best there are.
    }
    return new StatusError(answer.status, 'Unknown', text.slice(0, 1000) || `HTTP status ${answer.status}`)
  }
}

function typed<T extends KubeObject>(def: ResourceDefinition<T>, obj: T): T {
  return obj.apiVersion && obj.kind ? obj : { ...obj, apiVersion: apiVersionOf(def), kind: def.kind }
}

function namespaceOf(obj: KubeObject): { namespace?: string } {
  return obj.metadata.namespace ? { namespace: obj.metadata.namespace } : {}
}

function deleteOptions(options: DeleteOptions): unknown {
  return { kind: 'DeleteOptions', apiVersion: 'v1', ...options }
}

function selectors({ labelSelector, fieldSelector }: ListQuery): Query {
  const labels = typeof labelSelector === 'object' ? formatLabelSelector(labelSelector) : labelSelector
  return { labelSelector: labels || undefined, fieldSelector: fieldSelector || undefined }
}

function queryText(query: Query = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, value)
  const text = parameters.toString()
  return text && `?${text}`
}
