// The server, read top to bottom: every request passes these filters in this order.

import { noSuchPath } from '../api/errors.ts'
import { withImpersonation } from './authn/impersonation.ts'
import { chain, type Handler } from './chain.ts'
import type { ServerContext } from './context.ts'
import { createDiscovery } from './discovery.ts'
import { dispatch } from './dispatch.ts'
import { withAuditId } from './filters/audit-id.ts'
import { withAuthentication } from './filters/authentication.ts'
import { withAuthorization } from './filters/authorization.ts'
import { mapErrors } from './filters/errors.ts'
import { maxInFlight } from './filters/max-in-flight.ts'
import { withMetrics } from './filters/metrics.ts'
import { withTimeout } from './filters/timeout.ts'
import { withWarnings } from './filters/warnings.ts'
import { lazily } from './lazily.ts'
import type { Metrics } from './metrics.ts'
import type { Routes } from './routes.ts'

export interface ChainOptions {
  context: ServerContext
  metrics: Metrics
  /** Loaded when the first path outside the resource API is asked for. */
  routes: () => Promise<Routes>
}

export function apiChain({ context, metrics, routes }: ChainOptions): Handler {
  const { config, clock, log } = context
  return chain(
    [
      withAuditId,
      withMetrics(metrics, { clock, log }),
      withWarnings,
      mapErrors(log),
      withTimeout({ timeoutMs: config.requestTimeoutMs, clock }),
      withAuthentication(context.authenticator),
      withImpersonation(context.authorizer),
      maxInFlight({ readOnly: config.maxRequestsInFlight, mutating: config.maxMutatingRequestsInFlight }, metrics),
      withAuthorization(context.authorizer),
    ],
    dispatch(context, otherPaths(context, routes)),
  )
}

function otherPaths({ registry, config, clock }: ServerContext, routes: ChainOptions['routes']): Handler {
  const openApi = lazily(async () => {
    const { openApiRoutes } = await import('./openapi-routes.ts')
    return openApiRoutes(() => registry.all(), clock)
  })
  const discovery = createDiscovery(
    () => registry.all(),
    () => `${config.advertiseAddress}:${config.securePort}`,
  )
  return async request => {
    const answer = discovery(request)
    if (answer) return answer
    if (request.upgrade) throw noSuchPath()
    if (request.path.startsWith('/openapi/')) return (await openApi())(request)
    return (await routes())(request)
  }
}
