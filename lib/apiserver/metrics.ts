// What the server counts, under upstream's names, so that existing dashboards and alerts work.

import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { collectProcessMetrics } from '../util/process-metrics.ts'
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

/** `isServed` says which resources there are: labels must not grow with what strangers ask for. */
export function createMetrics(isServed: (info: RequestInfo) => boolean): Metrics {
  const registry = new Registry()
  collectProcessMetrics(registry)
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
      const labels = { ...labelsOf(request.info, isServed), dry_run: dryRunOf(request.query) }
      total.inc({ ...labels, code })
      duration.observe(labels, durationMs / 1000)
    },
    inFlight(kind, change) {
      current.inc({ request_kind: kind }, change)
    },
    longRunning(info, change) {
      open.inc(labelsOf(info, isServed), change)
    },
  }
}

/** Under the names that dashboards know; everything else is `other`. */
const metricVerbs = new Map([
  ['create', 'POST'],
  ['update', 'PUT'],
  ...['get', 'list', 'watch', 'patch', 'delete', 'deletecollection', 'proxy', 'post', 'put', 'head', 'options'].map(
    verb => [verb, verb.toUpperCase()] as const,
  ),
])

function labelsOf(info: RequestInfo, isServed: (info: RequestInfo) => boolean) {
  const isKnown = info.isResourceRequest && isServed(info)
  return {
    verb: metricVerbs.get(info.verb) ?? 'other',
    group: isKnown ? info.apiGroup : '',
    version: isKnown ? info.apiVersion : '',
    resource: isKnown ? info.resource : '',
    subresource: isKnown ? info.subresource : knownPath(info.path),
    scope: scopeOf(info),
    component: 'apiserver',
  }
}

function dryRunOf(query: URLSearchParams): string {
  return query.get('dryRun') === 'All' ? 'All' : ''
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
