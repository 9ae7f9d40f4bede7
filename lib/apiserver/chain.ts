// The server, read top to bottom: a request goes through the filters in order, ends in a handler, and an answer comes
// back. A filter is a function from handler to handler.

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Duplex, Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { UserInfo } from './authn/authenticator.ts'
import type { RequestInfo } from './request-info.ts'

export interface ApiRequest {
  method: string
  /** The decoded path, without query. */
  path: string
  /** As it came, with query. */
  url: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** Reads the whole body once, up to the limit; throws RequestEntityTooLarge. */
  body(): Promise<Buffer>
  /** The body as it comes, of any size: instead of `body`. */
  bodyStream(): Readable
  isHttp2: boolean
  /** Aborted when the client goes away or the server must end the request. */
  signal: AbortSignal
  /** Aborts the signal; for any reason but an AbortError a stream under way is cut at once. */
  cancel(reason: Error): void
  socket: TLSSocket
  remoteAddress: string
  /** Set by the filters, in this order. */
  info: RequestInfo
  user: UserInfo
  /** Texts for Warning headers, collected on the way. */
  warnings: string[]
  auditId: string
  /** The status code, once the answer is written or the client has gone (499 when it went before an answer). */
  done: Promise<number>
  /** The connection, when the client asks to leave HTTP (exec, port-forward); the answer then has `takeover`. */
  upgrade?: { socket: Duplex; head: Buffer }
}

/** What Node gives for HTTP/1.1, and the same shape for HTTP/2, which alone has a stream. */
export type RawRequest = IncomingMessage & { stream?: ServerHttp2Stream }
export type RawResponse = ServerResponse

export interface ApiResponse {
  status: number
  headers?: Record<string, string | string[]>
  /** Bytes, or a stream of chunks that is flushed one by one. */
  body?: Buffer | string | AsyncIterable<Buffer | string>
  /** The stream is large, and nobody waits for its first bytes: gzip may hold them back. */
  isCompressible?: boolean
  /** Writes the answer itself: express, and upgraded connections (which have no response). */
  takeover?(request: RawRequest, response?: RawResponse): void
}

export type Handler = (request: ApiRequest) => Promise<ApiResponse>
export type Filter = (next: Handler) => Handler

/** The first filter is the outermost. */
export function chain(filters: Filter[], handler: Handler): Handler {
  return filters.reduceRight((next, filter) => filter(next), handler)
}
