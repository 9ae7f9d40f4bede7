// Handing a request on to a backend and its answer back, both as they come: what pods/proxy, services/proxy and
// nodes/proxy do. Redirects and pages are changed so that they lead through the proxy.

import type { IncomingMessage } from 'node:http'
import { serviceUnavailable } from '../../api/errors.ts'
import type { ApiRequest, ApiResponse } from '../chain.ts'
import { addressOf, type Backend, startRequest } from './backend.ts'
import { dialErrorText } from './dial-error.ts'
import { answeredHeaders, forwardedHeaders, hostOf } from './headers.ts'
import { isPage, pageBody } from './page.ts'
import { type PageAddress, rewriteUrl } from './rewrite-url.ts'
import { escapePath, joinPath } from './target.ts'
import { forwardUpgrade } from './upgrade.ts'

/** `path` is what the backend is asked for, decoded. Throws ServiceUnavailable. */
export async function forward(request: ApiRequest, backend: Backend, path: string): Promise<ApiResponse> {
  const url = `${escapePath(path) || '/'}${queryOf(request.url)}`
  if (request.upgrade) return forwardUpgrade(request, backend, url)
  const isReading = request.method === 'GET' || request.method === 'HEAD'
  if (path === '' && isReading) return withTrailingSlash(request)
  const prefix = request.path.endsWith(path) ? request.path.slice(0, request.path.length - path.length) : request.path
  const answer = await ask(request, backend, { url, prefix, path })
  const address = { prefix, backend: addressOf(backend), host: hostOf(request.headers) }
  return answered(request, answer, url => rewriteUrl(url, address satisfies PageAddress))
}

function queryOf(url: string): string {
  const mark = url.indexOf('?')
  return mark < 0 ? '' : url.slice(mark)
}

/** Relative links of the first page would lead beside the proxy otherwise. */
function withTrailingSlash(request: ApiRequest): ApiResponse {
  return { status: 301, headers: { location: `${escapePath(request.path)}/${queryOf(request.url)}` } }
}

function ask(
  request: ApiRequest,
  backend: Backend,
  to: { url: string; prefix: string; path: string },
): Promise<IncomingMessage> {
  const { method, remoteAddress, signal } = request
  const headers = forwardedHeaders(request.headers, { remoteAddress, uri: joinPath(to.prefix, to.path) })
  const body = bodyOf(request)
  if (body === 'chunked') headers['transfer-encoding'] = 'chunked'
  // A backend that is told to close would cut us off when it answers before it has heard everything.
  headers.connection = 'keep-alive'
  return new Promise((resolve, reject) => {
    const outgoing = startRequest(backend, { method, path: to.url, headers, signal })
    outgoing.on('response', resolve)
    outgoing.on('error', error => reject(unreachable(error, backend)))
    if (body === 'none') return void outgoing.end()
    const stream = request.bodyStream()
    stream.pipe(outgoing)
    // A backend that answers before it has read everything leaves the rest, and the connection is still the client's.
    outgoing.once('close', () => stream.resume())
  })
}

function unreachable(error: Error, backend: Backend): Error {
  if (error.name === 'AbortError') return error
  const why = dialErrorText(error, addressOf(backend))
  return Object.assign(serviceUnavailable(`error trying to reach service: ${why}`), { cause: error })
}

/** HTTP/2 need not say that there is a body; a GET that does not say has none. */
function bodyOf({ headers, method, isHttp2 }: ApiRequest): 'none' | 'sized' | 'chunked' {
  const length = headers['content-length']
  if (length !== undefined) return Number(length) > 0 ? 'sized' : 'none'
  const isSilent = method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
  return headers['transfer-encoding'] !== undefined || (isHttp2 && !isSilent) ? 'chunked' : 'none'
}

async function answered(
  request: ApiRequest,
  answer: IncomingMessage,
  rewrite: (url: string) => string,
): Promise<ApiResponse> {
  const status = answer.statusCode ?? 502
  const headers = answeredHeaders(answer.headers)
  const { location } = answer.headers
  if (location !== undefined) return { status, headers: { ...headers, location: rewrite(location) }, body: answer }
  if (!isPage(answer)) return { status, headers, body: answer }
  delete headers['content-length']
  if (request.method === 'HEAD') return { status, headers, body: answer }
  return { status, headers, body: await pageBody(answer, rewrite) }
}
