// The listening end: TLS, HTTP/2 and HTTP/1.1 on one port, requests handed to one handler as values, answers written.
// Who the client is, the authentication filter decides: a certificate is asked for, never demanded.

import type { ServerOptions as HttpServerOptions, IncomingMessage } from 'node:http'
import { createSecureServer, type Http2SecureServer, type Http2Session, type SecureServerOptions } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { inBackground, isAbortError } from '../util/async.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import type { Handler, RawRequest, RawResponse } from './chain.ts'
import { HttpRequest } from './http-request.ts'
import { refuseUpgrade, writeResponse } from './http-response.ts'
import { isLongRunning } from './request-info.ts'

/** What nginx calls a request whose client went before the answer. */
const clientClosedRequest = 499

const maxStreams = 250
/** As much as Go's server takes: a long label selector is a long path. */
const maxHeaderBytes = 1024 * 1024
const maxHeaders = 1000
/** New requests on a connection are refused when this much waits in it: more than all its streams can have waiting. */
const sessionMemoryMb = 64

export interface ServerOptions {
  host: string
  port: number
  /** PEM. */
  cert: string
  key: string
  /** CAs that client certificates may come from, PEM; named to clients so that they can choose. */
  clientCas: string[]
  handler: Handler
  log: Logger
  clock?: Clock
}

export class Server {
  readonly #options: ServerOptions
  readonly #http: Http2SecureServer
  readonly #sessions = new Set<Http2Session>()
  readonly #sockets = new Set<Socket>()
  readonly #inFlight = new Set<HttpRequest>()
  #port = 0

  constructor(options: ServerOptions) {
    this.#options = options
    // The types leave out what the HTTP/1.1 side of the server takes.
    const both: SecureServerOptions & Pick<HttpServerOptions, 'maxHeaderSize'> = {
      cert: options.cert,
      key: options.key,
      ca: options.clientCas,
      allowHTTP1: true,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      settings: {
        maxConcurrentStreams: maxStreams,
        initialWindowSize: 1024 * 1024,
        maxHeaderListSize: maxHeaderBytes,
      },
      maxHeaderListPairs: maxHeaders,
      maxHeaderSize: maxHeaderBytes,
      maxSessionMemory: sessionMemoryMb,
    }
    this.#http = createSecureServer(both)
    this.#http.on('request', (request: unknown, response: unknown) =>
      this.#serve(request as RawRequest, response as RawResponse),
    )
    this.#http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    )
    this.#http.on('session', session => this.#track(this.#sessions, session))
    this.#http.on('secureConnection', socket => this.#track(this.#sockets, socket))
    // A client that breaks off its handshake is no event of ours.
    this.#http.on('tlsClientError', error => options.log.debug({ err: error }, 'TLS handshake failed'))
    this.#http.on('sessionError', error => options.log.debug({ err: error }, 'HTTP/2 session failed'))
    this.#http.setTimeout(0)
  }

  #track<T extends { once(event: 'close', listener: () => void): unknown }>(all: Set<T>, one: T): void {
    all.add(one)
    one.once('close', () => all.delete(one))
  }

  listen(): Promise<void> {
    const { host, port } = this.#options
    return new Promise((resolve, reject) => {
      this.#http.once('error', reject)
      this.#http.listen(port, host, () => {
        this.#http.off('error', reject)
        this.#port = (this.#http.address() as AddressInfo).port
        resolve()
      })
    })
  }

  /** The port listened on, when 0 was asked for. */
  get port(): number {
    return this.#port
  }

  /** No new connections; watches end; other requests may finish within `timeoutMs`; then everything is cut. */
  async close(timeoutMs: number): Promise<void> {
    const clock = this.#options.clock ?? systemClock
    this.#http.close()
    for (const session of this.#sessions) session.close()
    for (const request of this.#inFlight) {
      if (isLongRunning(request.info)) request.cancel(new DOMException('the server is shutting down', 'AbortError'))
    }
    const finished = new AbortController()
    const all = Promise.all([...this.#inFlight].map(request => request.done)).then(() => finished.abort())
    // Called off when all is finished before the time is over.
    await Promise.race([all, clock.sleep(timeoutMs, finished.signal).catch(() => undefined)])
    for (const session of this.#sessions) session.destroy()
    for (const socket of this.#sockets) socket.destroy()
  }

  #serve(raw: RawRequest, response: RawResponse): void {
    const request = new HttpRequest(raw)
    this.#inFlight.add(request)
    response.once('close', () => {
      this.#inFlight.delete(request)
      request.end(request.isAnswered ? response.statusCode : clientClosedRequest, response.writableEnded)
    })
    // A client that resets its stream shows as an error and a close; the close is what counts.
    raw.on('error', () => {})
    response.on('error', () => {})
    inBackground(this.#options.log, `${request.method} ${request.path}`, this.#answer(request, response))
  }

  async #answer(request: HttpRequest, response: RawResponse): Promise<void> {
    const answer = await this.#options.handler(request)
    if (response.destroyed) return
    request.isAnswered = true
    try {
      await writeResponse(request.raw, response, answer, request.signal)
    } catch (error) {
      response.destroy()
      if (!isAbortError(error)) throw error
    }
  }

  #upgrade(raw: IncomingMessage, socket: Duplex, head: Buffer): void {
    const request = new HttpRequest(raw, { socket, head })
    this.#inFlight.add(request)
    socket.on('error', () => {})
    socket.once('close', () => {
      this.#inFlight.delete(request)
      request.end(101, false)
    })
    const answered = this.#options.handler(request).then(answer => {
      if (answer.takeover) answer.takeover(raw)
      else refuseUpgrade(socket, answer)
    })
    // Nobody else would close it.
    const orClosed = answered.catch(error => {
      socket.destroy()
      throw error
    })
    inBackground(this.#options.log, `${request.method} ${request.path}`, orClosed)
  }
}
