// GET /openapi/v2, /openapi/v3 and /openapi/v3/<group version>: which form the client wants, and whether it has it.

import type { ResourceDefinition } from '../api/resource.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import { parseAccept, takes } from './accept.ts'
import type { ApiRequest, ApiResponse } from './chain.ts'
import { isHeld } from './etag.ts'
import { OpenApi, type OpenApiDocument, v3Url } from './openapi-document.ts'
import { textResponse } from './responses.ts'

type OpenApiRequest = Pick<ApiRequest, 'path' | 'query' | 'headers'>

const json = 'application/json'
/** The names by which clients ask for the protobuf form. */
const protobufNames = ['v2@v1.0', 'v2.v1.0'].map(name => `application/com.github.proto-openapi.spec.${name}+protobuf`)
const yearMs = 365 * 24 * 3600 * 1000

/** Answers every path below /openapi/, also those that do not exist. Documents are made when first asked for. */
export function openApiRoutes(
  served: () => readonly ResourceDefinition[],
  clock: Clock = systemClock,
): (request: OpenApiRequest) => Promise<ApiResponse> {
  const openApi = new OpenApi(served)
  return async request => {
    if (request.path === '/openapi/v2') return v2(openApi, request)
    if (request.path === '/openapi/v3') return v3Index(openApi, request)
    const path = /^\/openapi\/v3\/(.+)$/.exec(request.path)?.[1]
    const document = path === undefined ? undefined : await openApi.v3(path)
    return path !== undefined && document ? v3(path, document, request, clock) : notFound()
  }
}

async function v3Index(openApi: OpenApi, request: OpenApiRequest): Promise<ApiResponse> {
  return takesJson(request) ? conditional(await openApi.v3Index(), request) : notAcceptable()
}

const takesJson = ({ headers }: OpenApiRequest) => parseAccept(headers.accept).some(clause => takes(clause, json))

const notFound = () => textResponse('404 page not found\n', 404)

const notAcceptable = () => ({ status: 406, headers: { vary: 'Accept' } })

async function v2(openApi: OpenApi, request: OpenApiRequest): Promise<ApiResponse> {
  for (const clause of parseAccept(request.headers.accept)) {
    if (takes(clause, json)) return conditional(await openApi.v2(), request)
    if (protobufNames.some(name => takes(clause, name))) return conditional(await openApi.v2Protobuf(), request)
  }
  return notAcceptable()
}

function v3(path: string, document: OpenApiDocument, request: OpenApiRequest, clock: Clock): ApiResponse {
  if (!takesJson(request)) return notAcceptable()
  const hash = request.query.get('hash')
  if (!hash) return conditional(document, request)
  if (hash !== document.etag) return { status: 301, headers: { location: v3Url(path, document) } }
  const expires = new Date(clock.now() + yearMs).toUTCString()
  return conditional(document, request, { 'cache-control': 'public, immutable', expires })
}

/** 304 when the client's copy is this document. */
function conditional(
  { contentType, body, etag }: OpenApiDocument,
  request: OpenApiRequest,
  more: Record<string, string> = {},
): ApiResponse {
  const headers = { etag: `"${etag}"`, vary: 'Accept', ...more }
  if (isHeld(request, headers.etag)) return { status: 304, headers }
  return { status: 200, headers: { ...headers, 'content-type': contentType }, body }
}
