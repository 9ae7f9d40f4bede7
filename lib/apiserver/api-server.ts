// An API server from its parts: it listens at once, and is ready when its cache is filled and what must stand in every
// cluster stands there.

import type { ResourceDefinition } from '../api/resource.ts'
import { runCompactor } from '../storage/compactor.ts'
import type { Kv } from '../storage/kv.ts'
import { Store } from '../storage/store.ts'
import { aborted, inBackground } from '../util/async.ts'
import { backoffMs } from '../util/backoff.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import { admissionPlugins } from './admission/index.ts'
import { apiChain } from './api-chain.ts'
import { authentication } from './authn/index.ts'
import { authorization } from './authz/index.ts'
import { bootstrap, keepReachable } from './bootstrap/index.ts'
import type { ServerConfig, ServerContext, StorageContext } from './context.ts'
import { runDefinitions } from './crd-controller.ts'
import { serveCustomKinds } from './custom-kinds.ts'
import { groupVersions } from './group-versions.ts'
import { lazily } from './lazily.ts'
import { createMetrics } from './metrics.ts'
import { Registry } from './registry.ts'
import { reviews } from './reviews/index.ts'
import { isServed } from './served-subresources.ts'
import { Server } from './server.ts'
import { healthChecks, type Progress } from './server-health.ts'
import { WatchCache } from './watch-cache.ts'

export interface ApiServerOptions {
  kv: Kv
  /** `/registry/` */
  prefix: string
  kinds: Iterable<ResourceDefinition>
  config: ServerConfig
  /** 0: any port; `config.securePort` is then set to the one taken. */
  listen: { host: string; port: number; cert: string; key: string }
  log: Logger
  clock?: Clock
}

export interface ApiServer {
  port: number
  context: ServerContext
  /** Resolves when /readyz would say ok. */
  ready(signal?: AbortSignal): Promise<void>
  /** Resolves when the signal was aborted and everything under way has ended. */
  run(signal: AbortSignal): Promise<void>
}

/** Listens when it resolves; does nothing else before `run`. */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { kv, prefix, config, listen, log, clock = systemClock } = options
  const storage: StorageContext = {
    registry: new Registry([...options.kinds, ...reviews.map(({ resource }) => resource)]),
    cache: new WatchCache({ kv, prefix, log }),
    store: new Store({ kv, prefix }),
    clock,
    log,
    config,
  }
  const authz = authorization(storage)
  const { authorizer, rulesFor } = authz
  const context: ServerContext = {
    ...storage,
    ...authentication(storage),
    authorizer,
    rulesFor,
    admission: admissionPlugins({ ...storage, authorizer, rulesFor }),
  }
  const progress: Progress = { isBootstrapped: false, isShuttingDown: false }
  const server = new Server({
    ...listen,
    clientCas: clientCas(config),
    handler: handler(context, progress),
    log,
    clock,
  })
  await server.listen()
  config.securePort ||= server.port
  const bootstrapped = Promise.withResolvers<void>()
  const runBackground = (serving: AbortSignal) => {
    inBackground(log, 'the watch cache', context.cache.run(serving), serving)
    inBackground(log, 'the authorizer', authz.run(serving), serving)
    inBackground(log, 'custom kinds', serveCustomKinds(context, serving), serving)
    inBackground(log, 'custom resource definitions', runDefinitions(context, serving), serving)
    inBackground(log, 'the compactor', runCompactor({ kv, log, clock }, serving), serving)
    inBackground(log, 'the bootstrap', start(context, progress, serving).then(bootstrapped.resolve), serving)
  }
  return {
    port: server.port,
    context,
    ready: signal => untilAborted(bootstrapped.promise, signal),
    async run(signal) {
      // Requests under way still need the rest.
      const serving = new AbortController()
      runBackground(serving.signal)
      await aborted(signal)
      progress.isShuttingDown = true
      // Whoever chooses among servers must have time to hear of it.
      if (config.shutdownDelayMs > 0) await clock.sleep(config.shutdownDelayMs)
      await server.close(config.shutdownTimeoutMs)
      serving.abort(signal.reason)
    },
  }
}

/** Rejects with the signal's reason when it is aborted first. */
function untilAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work
  const stopped = aborted(signal).then(() => Promise.reject(signal.reason))
  return Promise.race([work, stopped])
}

function clientCas({ clientCa, requestHeader }: ServerConfig): string[] {
  return [clientCa, requestHeader?.ca].filter(ca => ca !== undefined)
}

function handler(context: ServerContext, progress: Progress) {
  const metrics = createMetrics(info => isServed(context.registry, info))
  const routes = lazily(async () => {
    const { routes } = await import('./routes.ts')
    return routes({
      checks: healthChecks(context, progress),
      metrics,
      log: context.log,
      groups: () => groupVersions(context.registry),
    })
  })
  return apiChain({ context, metrics, routes })
}

/** Tried again until it works: etcd may come later than we do. */
async function start(context: ServerContext, progress: Progress, signal: AbortSignal): Promise<void> {
  const { cache, clock, log } = context
  await cache.ready(signal)
  for (let attempt = 0; !progress.isBootstrapped; attempt++) {
    try {
      await bootstrap(context)
      progress.isBootstrapped = true
    } catch (error) {
      log.warn({ err: error }, 'what every cluster needs could not be written yet')
      await clock.sleep(backoffMs(attempt, { initialMs: 100, maxMs: 5000 }), signal)
    }
  }
  log.info('ready')
  inBackground(log, 'keeping the service kubernetes', keepReachable(context, signal), signal)
}
