// A request of Node's, HTTP/1.1 or HTTP/2, as an ApiRequest. What is dear (signal, parsed query) is made when asked for.

import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { badRequest, type StatusError, tooLarge } from '../api/errors.ts'
import { deferred } from '../util/async.ts'
import type { UserInfo } from './authn/authenticator.ts'
import type { ApiRequest, RawRequest } from './chain.ts'
import { type RequestInfo, requestInfo } from './request-info.ts'

export const bodyLimitBytes = 3 * 1024 * 1024

const nobody: UserInfo = { name: '', groups: [], extra: {} }

export class HttpRequest implements ApiRequest {
  readonly raw: RawRequest
  readonly method: string
  readonly url: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly socket: TLSSocket
  readonly upgrade?: { socket: Duplex; head: Buffer }
  info: RequestInfo
  user: UserInfo = nobody
  warnings: string[] = []
  auditId = ''
  /** The answer is being written. */
  isAnswered = false
  readonly #query: string
  #params: URLSearchParams | undefined
  #controller: AbortController | undefined
  #cancelled: Error | undefined
  #ended: number | undefined
  #done: ReturnType<typeof deferred<number>> | undefined
  #body: Promise<Buffer> | undefined

  constructor(raw: RawRequest, upgrade?: { socket: Duplex; head: Buffer }) {
    this.raw = raw
    this.method = raw.method ?? 'GET'
    this.url = raw.url ?? '/'
    this.headers = raw.headers
    this.socket = socketOf(raw)
    if (upgrade) this.upgrade = upgrade
    const mark = this.url.indexOf('?')
    this.#query = mark < 0 ? '' : this.url.slice(mark + 1)
    const path = mark < 0 ? this.url : this.url.slice(0, mark)
    this.path = decodePath(path) ?? path
    this.info = requestInfo(this.method, this.path, this.query)
  }

  get query(): URLSearchParams {
    this.#params ??= new URLSearchParams(this.#query)
    return this.#params
  }

  get remoteAddress(): string {
    return this.socket.remoteAddress ?? ''
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    const over = this.#cancelled ?? (this.#ended === undefined ? undefined : gone)
    if (over) this.#controller.abort(over)
    return this.#controller.signal
  }

  get done(): Promise<number> {
    this.#done ??= deferred<number>()
    if (this.#ended !== undefined) this.#done.resolve(this.#ended)
    return this.#done.promise
  }

  /** The answer is written whole, or the client has gone. */
  end(status: number, isWhole: boolean): void {
    if (this.#ended !== undefined) return
    this.#ended = status
    if (!isWhole) this.#controller?.abort(gone)
    this.#done?.resolve(status)
  }

  cancel(reason: Error): void {
    this.#cancelled ??= reason
    this.#controller?.abort(reason)
  }

  get isHttp2(): boolean {
    return this.raw.stream !== undefined
  }

  bodyStream(): Readable {
    return this.raw
  }

  body(): Promise<Buffer> {
    this.#body ??= readBody(this.raw)
    return this.#body
  }
}

/** One for all requests: making a DOMException costs more than answering some of them. */
const gone = new DOMException('the client has gone', 'AbortError')

/** HTTP/2 requests share their session's connection. */
function socketOf(raw: RawRequest): TLSSocket {
  return (raw.stream?.session?.socket ?? raw.socket) as TLSSocket
}

/** undefined for a malformed escape. */
function decodePath(path: string): string | undefined {
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

export function bodyTooLarge(): StatusError {
  return tooLarge(`Request entity too large: limit is ${bodyLimitBytes}`)
}

function readBody(raw: RawRequest): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(raw.headers['content-length'] ?? 0) > bodyLimitBytes) return reject(bodyTooLarge())
    const chunks: Buffer[] = []
    let size = 0
    const onData = (chunk: Buffer) => {
      size += chunk.length
      chunks.push(chunk)
      if (size <= bodyLimitBytes) return
      raw.off('data', onData)
      // The rest is heard and forgotten: a client that reads nothing before it has sent everything would wait for ever.
      raw.resume()
      chunks.length = 0
      reject(bodyTooLarge())
    }
    raw.on('data', onData)
    raw.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    raw.on('error', cause => reject(badRequest(`error reading the request body: ${cause.message}`)))
    raw.on('close', () => reject(gone))
  })
}
