// What the server counts, under upstream's names, so that existing dashboards and alerts work.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ApiRequest } from './chain.ts'
import type { RequestInfo } from './request-info.ts'

const durationBuckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
]
const requestLabels = ['verb', 'dry_run', 'group', 'version', 'resource', 'subresource', 'scope', 'component'] as const

export interface Metrics {
  /** For GET /metrics. */
  registry: Registry
  /** A request that has been answered. */
  requestDone(request: ApiRequest, code: number, durationMs: number): void
  /** Requests under way: +1 at the begin, -1 at the end. */
  inFlight(kind: 'readOnly' | 'mutating', change: 1 | -1): void
  longRunning(info: RequestInfo, change: 1 | -1): void
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const total = new Counter({
    name: 'apiserver_request_total',
    help: 'Requests by verb, dry run, group, version, resource, scope, component and HTTP code.',
    labelNames: [...requestLabels, 'code'],
    registers,
  })
  const duration = new Histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'How long requests took, in seconds.',
    labelNames: requestLabels,
    buckets: durationBuckets,
    registers,
  })
  const current = new Gauge({
    name: 'apiserver_current_inflight_requests',
    help: 'Requests under way that are not long-running.',
    labelNames: ['request_kind'],
    registers,
  })
  const open = new Gauge({
    name: 'apiserver_longrunning_requests',
    help: 'Long-running requests under way: watches, logs, proxied connections.',
    labelNames: requestLabels.filter(label => label !== 'dry_run'),
    registers,
  })
  return {
    registry,
    requestDone(request, code, durationMs) {
      const labels = { ...labelsOf(request.info), dry_run: request.query.get('dryRun') ?? '' }
      total.inc({ ...labels, code })
      duration.observe(labels, durationMs / 1000)
    },
    inFlight(kind, change) {
      current.inc({ request_kind: kind }, change)
    },
    longRunning(info, change) {
      open.inc(labelsOf(info), change)
    },
  }
}

const metricVerbs: Record<string, string> = { create: 'POST', update: 'PUT' }

function labelsOf(info: RequestInfo) {
  return {
    verb: metricVerbs[info.verb] ?? info.verb.toUpperCase(),
    group: info.apiGroup,
    version: info.apiVersion,
    resource: info.resource,
    // Of other paths only the well-known are named: labels must not grow with what strangers ask for.
    subresource: info.isResourceRequest ? info.subresource : knownPath(info.path),
    scope: scopeOf(info),
    component: 'apiserver',
  }
}

function knownPath(path: string): string {
  const [, first = ''] = path.split('/')
  return ['healthz', 'livez', 'readyz', 'version', 'metrics', 'openapi', 'api', 'apis'].includes(first)
    ? `/${first}`
    : ''
}

function scopeOf(info: RequestInfo): string {
  if (!info.isResourceRequest) return ''
  if (info.name !== '') return 'resource'
  return info.namespace === '' ? 'cluster' : 'namespace'
}
