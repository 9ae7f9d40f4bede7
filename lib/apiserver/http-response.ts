// An ApiResponse written to Node's response, HTTP/1.1 or HTTP/2: bytes at once (gzip for large ones), streams chunk by
// chunk, no faster than the client reads.

import { once } from 'node:events'
import { STATUS_CODES } from 'node:http'
import { constants, type ServerHttp2Stream } from 'node:http2'
import { pipeline } from 'node:stream'
import { promisify } from 'node:util'
import { createGzip, gzip } from 'node:zlib'
import { isAbortError } from '../util/async.ts'
import type { ApiResponse, RawRequest, RawResponse } from './chain.ts'

const compress = promisify(gzip)

/** Smaller answers are not worth the time (upstream's threshold). */
const gzipFromBytes = 128 * 1024

/** What one answer may have waiting in its connection, where HTTP/2 counts it against all the others. */
const sliceBytes = 64 * 1024

/** Beside what the answer depends on already. */
const gzipHeaders = ({ headers }: ApiResponse) => ({
  'content-encoding': 'gzip',
  vary: [headers?.vary ?? [], 'Accept-Encoding'].flat().join(', '),
})

const alwaysSent = { 'cache-control': 'no-cache, private' }

export async function writeResponse(
  request: RawRequest,
  response: RawResponse,
  answer: ApiResponse,
  signal: AbortSignal,
): Promise<void> {
  if (answer.takeover) {
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value)
    return answer.takeover(request, response)
  }
  const { body } = answer
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
    return writeWhole(request, response, { ...answer, body: toBuffer(body) }, signal)
  }
  return writeStream(request, response, { ...answer, body }, signal)
}

async function writeStream(
  request: RawRequest,
  response: RawResponse,
  answer: ApiResponse & { body: AsyncIterable<Buffer | string> },
  signal: AbortSignal,
): Promise<void> {
  const isCompressed = answer.isCompressible === true && acceptsGzip(request)
  response.writeHead(answer.status, { ...alwaysSent, ...answer.headers, ...(isCompressed ? gzipHeaders(answer) : {}) })
  if (request.method === 'HEAD') return void response.end()
  response.flushHeaders()
  await pump(response, isCompressed ? compressed(answer.body) : answer.body, signal)
}

/** An error of the source is one of the stream. */
function compressed(source: AsyncIterable<Buffer | string>): AsyncIterable<Buffer> {
  const gzip = createGzip({ level: 1 })
  pipeline(source, gzip, () => {})
  return gzip
}

function toBuffer(body: Buffer | string | undefined): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : (body ?? Buffer.alloc(0))
}

async function writeWhole(
  request: RawRequest,
  response: RawResponse,
  answer: ApiResponse & { body: Buffer },
  signal: AbortSignal,
): Promise<void> {
  const plain = answer.body
  const isCompressed = plain.length >= gzipFromBytes && acceptsGzip(request)
  const body = isCompressed ? await compress(plain, { level: 1 }) : plain
  response.writeHead(answer.status, {
    ...alwaysSent,
    ...answer.headers,
    ...(isCompressed ? gzipHeaders(answer) : {}),
    'content-length': body.length,
  })
  if (body.length <= sliceBytes || request.method === 'HEAD') {
    response.end(body)
    return
  }
  await writeSlices(response, body, signal)
  response.end()
}

/** No faster than the client reads. Rejects when it goes away. */
async function writeSlices(response: RawResponse, bytes: Buffer | string, signal: AbortSignal): Promise<void> {
  const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  for (let at = 0; at < all.length && !response.destroyed; at += sliceBytes) {
    if (!response.write(all.subarray(at, at + sliceBytes))) await once(response, 'drain', { signal })
  }
}

function acceptsGzip(request: RawRequest): boolean {
  return /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
}

/** Stops when the request is over; an error cuts the connection, so that nobody takes it for the end. */
async function pump(response: RawResponse, source: AsyncIterable<Buffer | string>, signal: AbortSignal): Promise<void> {
  try {
    for await (const chunk of source) {
      if (response.destroyed || response.writableEnded) return
      // Most events are small, and there is room for them.
      if (chunk.length > sliceBytes) await writeSlices(response, chunk, signal)
      else if (!response.write(chunk)) await once(response, 'drain', { signal })
    }
    response.end()
  } catch (error) {
    if (isAbortError(signal.aborted ? signal.reason : error)) return void response.end()
    cut(response)
    if (!signal.aborted) throw error
  }
}

/** So that the client does not take what it has for all there is. */
function cut(response: RawResponse & { stream?: ServerHttp2Stream }): void {
  if (response.stream) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  else response.destroy()
}

/** The answer to an upgrade that was refused: HTTP/1.1 on the bare connection. */
export function refuseUpgrade(socket: NodeJS.WritableStream, answer: ApiResponse): void {
  const { body } = answer
  const whole = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? toBuffer(body) : undefined
  const length = whole ? { 'content-length': `${whole.length}` } : {}
  const headers = { ...alwaysSent, ...answer.headers, ...length, connection: 'close' }
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map(one => `${name}: ${one}`))
  socket.write([`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`, ...lines, '', ''].join('\r\n'))
  if (whole) return void socket.end(whole)
  // A stream ends with the connection; what breaks one breaks the other.
  pipeline(body as AsyncIterable<Buffer | string>, socket, () => {})
}
