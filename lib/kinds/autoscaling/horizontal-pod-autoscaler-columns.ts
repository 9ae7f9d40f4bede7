// What is measured against what is wanted, as `kubectl get hpa` shows it: `cpu: 20%/80%`.

import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'
import type { Metric } from './horizontal-pod-autoscaler-defaults.ts'

type MetricStatus = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number]
type Source = { name?: string; target: NonNullable<Metric['resource']>['target'] }
type Current = NonNullable<MetricStatus['resource']>['current'] | undefined

const maxShown = 2
const unknown = '<unknown>'

export function metricsText(metrics: Metric[] = [], statuses: MetricStatus[] = []): string {
  if (metrics.length === 0) return '<none>'
  const all = metrics.map((metric, i) => metricText(metric, statuses[i]))
  const shown = all.slice(0, maxShown).join(', ')
  return all.length > maxShown ? `${shown} + ${all.length - maxShown} more...` : shown
}

function metricText(metric: Metric, status: MetricStatus | undefined): string {
  switch (metric.type) {
    case 'External':
      return ofObject(metric.external, status?.external?.current)
    case 'Object':
      return ofObject(metric.object, status?.object?.current)
    case 'Pods':
      return `${status?.pods?.current.averageValue ?? unknown}/${metric.pods?.target.averageValue ?? '<nil>'}`
    case 'Resource':
      return ofResource(metric.resource, status?.resource?.current)
    case 'ContainerResource':
      return ofResource(metric.containerResource, status?.containerResource?.current)
    default:
      return '<unknown type>'
  }
}

function ofObject(source: Source | undefined, current: Current): string {
  const { averageValue, value } = source?.target ?? {}
  if (averageValue !== undefined) return `${current?.averageValue ?? unknown}/${averageValue} (avg)`
  return `${current?.value ?? unknown}/${value ?? '<nil>'}`
}

function ofResource(source: Source | undefined, current: Current): string {
  const { averageValue, averageUtilization } = source?.target ?? {}
  if (averageValue !== undefined) return `${source?.name}: ${current?.averageValue ?? unknown}/${averageValue}`
  const is = current?.averageUtilization === undefined ? unknown : `${current.averageUtilization}%`
  return `${source?.name}: ${is}/${averageUtilization === undefined ? '<auto>' : `${averageUtilization}%`}`
}
