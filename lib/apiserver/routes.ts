// Every path that is no resource and no discovery: health, version, metrics, OpenAPI. An express application, loaded when
// it is first needed, behind the same filters as everything else.

import { IncomingMessage, ServerResponse } from 'node:http'
import { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { badRequest, internalError } from '../api/errors.ts'
import type { Logger } from '../util/log.ts'
import type { ApiRequest, ApiResponse, RawRequest, RawResponse } from './chain.ts'
import { errorResponse } from './filters/errors.ts'
import type { GroupVersions } from './group-versions.ts'
import { type HealthCheck, type HealthPath, healthAnswer } from './health.ts'
import type { Metrics } from './metrics.ts'
import { textResponse } from './responses.ts'
import { versionInfo } from './version.ts'

export interface RouteContext {
  checks: readonly HealthCheck[]
  metrics: Metrics
  log: Logger
  /** Asked at each request: custom kinds come and go. */
  groups(): GroupVersions[]
}

export type Routes = (request: ApiRequest) => ApiResponse

const healthPaths: HealthPath[] = ['healthz', 'livez', 'readyz']

export function routes({ checks, metrics, log, groups }: RouteContext): Routes {
  const app = application()
  for (const path of healthPaths) health(app, checks, path)
  app.get('/version', (_, response) => void response.json(versionInfo()))
  app.get('/metrics', async (_, response) => {
    response.setHeader('content-type', metrics.registry.contentType)
    response.end(await metrics.registry.metrics())
  })
  app.get(['/', '/index.html'], (_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ paths: listedPaths(checks, groups()) }, null, 2))
  })
  app.use((_: Request, response: Response) => {
    const { status, headers, body } = textResponse('404 page not found\n', 404)
    response.writeHead(status, headers)
    response.end(body)
  })
  app.use(failure(log))
  return takeover(app)
}

/** Express' own handler would show the stack to whoever asked, and write it past our log. Four parameters make it one. */
function failure(log: Logger) {
  return (error: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const isBadPath = error instanceof URIError
    if (!isBadPath) log.error({ err: error, path: request.path }, 'request failed')
    if (response.headersSent) return void response.destroy()
    const { status, headers, body } = errorResponse(isBadPath ? badRequest(error.message) : internalError(error))
    response.writeHead(status, headers)
    response.end(body)
  }
}

function application(): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  return app
}

function health(app: Express, checks: readonly HealthCheck[], path: HealthPath): void {
  const answer = async (request: Request, response: Response) => {
    const only = ([request.params.check ?? []].flat() as string[]).join('/')
    const query = new URLSearchParams(request.url.split('?')[1] ?? '')
    const {
      status = 404,
      headers = {},
      body = '404 page not found\n',
    } = (await healthAnswer(checks, path, query, only || undefined)) ?? {}
    response.writeHead(status, headers)
    response.end(body)
  }
  app.get(`/${path}`, answer)
  app.get(`/${path}/*check`, answer)
}

/** What `/` tells: everything but the paths of resources. */
export function listedPaths(checks: readonly HealthCheck[], groups: readonly GroupVersions[]): string[] {
  const health = healthPaths.flatMap(path => [
    `/${path}`,
    ...checks.filter(({ on }) => on.includes(path)).map(({ name }) => `/${path}/${name}`),
  ])
  const served = groups.flatMap(({ group, versions }) => {
    const root = group ? `/apis/${group}` : '/api'
    return [root, ...versions.map(version => `${root}/${version}`)]
  })
  const fixed = ['/apis', '/apis/', '/metrics', '/openapi/v2', '/openapi/v3', '/openapi/v3/', '/version']
  return [...fixed, ...health, ...served].sort()
}

/**
 * Express gives requests and responses prototypes of its own, which are HTTP/1.1's: for HTTP/2 they need others with the
 * same methods over HTTP/2's.
 */
function takeover(app: Express): Routes {
  const http1 = { request: app.request, response: app.response }
  const http2 = {
    request: over(app.request, Http2ServerRequest.prototype, IncomingMessage.prototype) as typeof app.request,
    response: over(app.response, Http2ServerResponse.prototype, ServerResponse.prototype) as typeof app.response,
  }
  return () => ({
    status: 200,
    takeover(request: RawRequest, response?: RawResponse) {
      const { request: requestPrototype, response: responsePrototype } = request.stream ? http2 : http1
      app.request = requestPrototype
      app.response = responsePrototype
      app(request, response as RawResponse)
    },
  })
}

/** A copy of express' prototype chain down to `from`, on top of `onto`. */
function over(prototype: object, onto: object, from: object): object {
  if (prototype === from) return onto
  const parent = Object.getPrototypeOf(prototype) as object
  return Object.create(over(parent, onto, from), Object.getOwnPropertyDescriptors(prototype))
}
