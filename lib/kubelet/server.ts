// What this node answers itself, over TLS and only to whom the API server allows it: logs, its pods, health, metrics.

import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { inBackground } from '../util/async.ts'
import type { Logger } from '../util/log.ts'
import { HttpError } from './http-error.ts'
import type { ServerAuth } from './server-auth.ts'

export interface KubeletServerOptions {
  address: string
  port: number
  certFile: string
  keyFile: string
  clientCaFile: string
  auth: ServerAuth
  routes: Route[]
  log: Logger
}

export interface RouteRequest {
  method: string
  /** What the pattern's groups matched, decoded. */
  match: string[]
  query: URLSearchParams
}

export interface RouteAnswer {
  contentType: string
  body: string | AsyncIterable<Buffer>
}

export interface Route {
  /** Against the path. */
  pattern: RegExp
  /** Throws HttpError. The signal is aborted when the client is gone. */
  answer(request: RouteRequest, signal: AbortSignal): Promise<RouteAnswer>
}

export class KubeletServer {
  readonly #options: KubeletServerOptions
  readonly #server: Server

  constructor(options: KubeletServerOptions) {
    this.#options = options
    const { certFile, keyFile, clientCaFile, log } = options
    this.#server = createServer(
      {
        cert: readFileSync(certFile),
        key: readFileSync(keyFile),
        ca: readFileSync(clientCaFile),
        requestCert: true,
        // A client may bring a token instead; what it may do without either is nothing.
        rejectUnauthorized: false,
        minVersion: 'TLSv1.2',
      },
      (request, response) => inBackground(log, 'answering a request', this.#answer(request, response)),
    )
  }

  /** Resolves when it listens. */
  async listen(): Promise<AddressInfo> {
    const { address, port } = this.#options
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, address, resolve)
    })
    return this.#server.address() as AddressInfo
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController()
    response.once('close', () => gone.abort(new DOMException('the client is gone', 'AbortError')))
    try {
      const { contentType, body } = await this.#route(request, gone.signal)
      response.setHeader('content-type', contentType)
      if (typeof body === 'string') response.end(body)
      else await this.#stream(body, response, gone.signal)
    } catch (error) {
      if (gone.signal.aborted) return
      this.#fail(error, response)
    }
  }

  async #stream(body: AsyncIterable<Buffer>, response: ServerResponse, gone: AbortSignal): Promise<void> {
    // A client that follows wants to know at once that it is being served.
    response.flushHeaders()
    await pipeline(body, response, { signal: gone })
  }

  async #route(request: IncomingMessage, signal: AbortSignal): Promise<RouteAnswer> {
    const { auth, routes } = this.#options
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://kubelet')
    const method = request.method ?? 'GET'
    const user = await auth.authenticate(request)
    if (!user) throw new HttpError(401, 'Unauthorized')
    const refusal = await auth.refusal(user, method, pathname)
    if (refusal) throw new HttpError(403, refusal)
    for (const { pattern, answer } of routes) {
      const match = pattern.exec(pathname)?.slice(1).map(decodeURIComponent)
      if (match) return answer({ method, match, query: searchParams }, signal)
    }
    throw new HttpError(404, '404 page not found\n')
  }

  #fail(error: unknown, response: ServerResponse): void {
    const known = error instanceof HttpError ? error : undefined
    if (!known) this.#options.log.error({ err: error }, 'a request failed')
    if (response.headersSent) {
      response.destroy()
      return
    }
    response.statusCode = known?.status ?? 500
    response.setHeader('content-type', 'text/plain; charset=utf-8')
    response.end(error instanceof Error ? error.message : String(error))
  }
}
