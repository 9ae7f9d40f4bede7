// One HTTP/2 session to an API server, shared by every request: opened when it is needed, opened anew after it broke,
// probed by pings so that a dead server is noticed while a watch is silent.

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { StatusError } from '../api/errors.ts'

export interface TlsMaterial {
  ca?: string
  cert?: string
  key?: string
  servername?: string
  rejectUnauthorized?: boolean
}

export interface TransportOptions {
  /** `https://127.0.0.1:6443` */
  server: string
  /** Asked at every new session, so that rotated certificates are taken up. */
  tls: () => TlsMaterial
  connectTimeoutMs?: number
  pingEveryMs?: number
  pingTimeoutMs?: number
}

export interface TransportRequest {
  method: string
  /** With its query. */
  path: string
  headers?: OutgoingHttpHeaders
  body?: string
  signal?: AbortSignal | undefined
}

/** An answer whose body is still to be read; whoever got it reads it to its end or destroys it. */
export interface TransportAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: ClientHttp2Stream
}

const streamWindowBytes = 1 << 20
const sessionWindowBytes = 16 << 20

export class Transport {
  readonly #options: TransportOptions
  #session: ClientHttp2Session | undefined
  #closed = false

  constructor(options: TransportOptions) {
    this.#options = options
  }

  get server(): string {
    return this.#options.server
  }

  /** Throws StatusError ServiceUnavailable when there is no answer, and the signal's reason when it is aborted. */
  async request(request: TransportRequest): Promise<TransportAnswer> {
    request.signal?.throwIfAborted()
    const stream = this.#start(request)
    try {
      return await answerTo(stream, request)
    } catch (error) {
      throw request.signal?.aborted ? request.signal.reason : this.noAnswer(error)
    }
  }

  noAnswer(cause: unknown): StatusError {
    const why = cause instanceof Error ? cause.message : String(cause)
    return new StatusError(503, 'ServiceUnavailable', `no answer from ${this.server}: ${why}`, undefined, cause)
  }

  close(): void {
    this.#closed = true
    this.#session?.destroy()
    this.#session = undefined
  }

  #start(request: TransportRequest): ClientHttp2Stream {
    try {
      return this.#open().request(
        { ...request.headers, ':method': request.method, ':path': request.path },
        { endStream: request.body === undefined },
      )
    } catch (error) {
      this.#session = undefined
      throw this.noAnswer(error)
    }
  }

  #open(): ClientHttp2Session {
    if (this.#closed) throw new Error('the client is closed')
    const current = this.#session
    if (current && !current.closed && !current.destroyed) return current
    const session = connect(this.#options.server, {
      ...this.#options.tls(),
      settings: { enablePush: false, initialWindowSize: streamWindowBytes },
      maxSessionMemory: 256,
      peerMaxConcurrentStreams: 1000,
    })
    this.#session = session
    const forget = () => {
      if (this.#session === session) this.#session = undefined
    }
    // Each stream of the session gets the error too, and reports it.
    session.on('error', forget)
    session.on('close', forget)
    session.on('goaway', forget)
    session.once('connect', () => session.setLocalWindowSize(sessionWindowBytes))
    this.#keepAlive(session)
    return session
  }

  #keepAlive(session: ClientHttp2Session): void {
    const { connectTimeoutMs = 10_000, pingEveryMs = 15_000, pingTimeoutMs = 10_000 } = this.#options
    const giveUp = (why: string) => session.destroy(new Error(why))
    const connecting = setTimeout(() => giveUp(`not connected within ${connectTimeoutMs} ms`), connectTimeoutMs).unref()
    let waiting: NodeJS.Timeout | undefined
    const ping = () => {
      if (waiting || session.connecting || session.destroyed) return
      waiting = setTimeout(() => giveUp(`no answer to a ping within ${pingTimeoutMs} ms`), pingTimeoutMs).unref()
      session.ping(() => {
        clearTimeout(waiting)
        waiting = undefined
      })
    }
    const pinging = setInterval(ping, pingEveryMs).unref()
    session.once('connect', () => clearTimeout(connecting))
    session.once('close', () => {
      clearTimeout(connecting)
      clearTimeout(waiting)
      clearInterval(pinging)
    })
  }
}

function answerTo(stream: ClientHttp2Stream, { body, signal }: TransportRequest): Promise<TransportAnswer> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      stream.close(constants.NGHTTP2_CANCEL)
      stream.destroy(signal?.reason)
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    stream.on('error', reject)
    stream.once('close', () => {
      signal?.removeEventListener('abort', onAbort)
      reject(new Error('the connection was closed before an answer'))
    })
    stream.once('response', headers => resolve({ status: Number(headers[':status']), headers, body: stream }))
    if (body !== undefined) stream.end(body)
  })
}

/**
 * A whole body. By events, because under load the async iterator of an HTTP/2 stream now and then reports a premature
 * close of one whose body it has delivered to the end.
 */
export function readAll(stream: ClientHttp2Stream): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    stream.on('data', chunk => chunks.push(chunk))
    stream.once('end', () => resolve(Buffer.concat(chunks)))
    stream.once('error', reject)
    stream.once('close', () => reject(new Error('the connection was closed within an answer')))
  })
}
