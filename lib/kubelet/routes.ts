// The small answers of the node: its pods, its health, its figures, and what it cannot do yet.

import type { Registry } from 'prom-client'
import { HttpError } from './http-error.ts'
import type { Pod } from './pod.ts'
import type { ContainerRuntime } from './runtime/runtime.ts'
import type { RuntimeView } from './runtime-view.ts'
import type { Route } from './server.ts'

export interface RoutesContext {
  pods(): Pod[]
  view: Pick<RuntimeView, 'of' | 'podUids'>
  runtime: Pick<ContainerRuntime, 'notReadyReason'>
}

export function routes(context: RoutesContext): Route[] {
  return [podsRoute(context), healthRoute(context), metricsRoute(context), ...missing]
}

function podsRoute({ pods }: RoutesContext): Route {
  return {
    pattern: /^\/pods\/?$/,
    answer: async () => ({
      contentType: 'application/json',
      body: JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods() }),
    }),
  }
}

function healthRoute({ runtime }: RoutesContext): Route {
  return {
    pattern: /^\/healthz(?:\/(?:ping|syncloop))?$/,
    async answer() {
      const reason = await runtime.notReadyReason()
      if (reason) throw new HttpError(500, `[-]container runtime failed: ${reason}\n`)
      return { contentType: 'text/plain; charset=utf-8', body: 'ok' }
    },
  }
}

function metricsRoute(context: RoutesContext): Route {
  let registry: Promise<Registry> | undefined
  return {
    pattern: /^\/metrics$/,
    async answer() {
      registry ??= metrics(context)
      const known = await registry
      return { contentType: known.contentType, body: await known.metrics() }
    },
  }
}

/** Loaded when somebody asks: most nodes are never scraped, and the library is the largest there is here. */
async function metrics({ view }: RoutesContext): Promise<Registry> {
  const { Gauge, Registry } = await import('prom-client')
  const registry = new Registry()
  const all = () => view.podUids.map(uid => view.of(uid))
  new Gauge({
    name: 'kubelet_running_pods',
    help: 'Number of pods that have a running pod sandbox',
    registers: [registry],
    collect() {
      this.set(all().filter(({ sandboxes }) => sandboxes.some(({ state }) => state === 'ready')).length)
    },
  })
  new Gauge({
    name: 'kubelet_running_containers',
    help: 'Number of containers currently running',
    labelNames: ['container_state'],
    registers: [registry],
    collect() {
      const containers = all().flatMap(pod => pod.containers)
      for (const state of ['created', 'running', 'exited'] as const) {
        this.set({ container_state: state }, containers.filter(container => container.state === state).length)
      }
    },
  })
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size in bytes.',
    registers: [registry],
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
  return registry
}

const missing: Route[] = ['exec', 'attach', 'portForward', 'stats', 'configz', 'logs', 'checkpoint'].map(name => ({
  pattern: new RegExp(`^/${name}(?:/.*)?$`),
  answer: async () => {
    throw new HttpError(501, `this node does not serve /${name}\n`)
  },
}))
