// What controllers' queues tell Prometheus, under upstream's names.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { QueueMetrics } from '../client/work-queue.ts'

const buckets = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10]

/** Makes the metrics once; the answer gives each queue its own, by name. */
export function queueMetrics(registry: Registry): (name: string) => QueueMetrics {
  const common = { registers: [registry], labelNames: ['name'] }
  const depth = new Gauge({ ...common, name: 'workqueue_depth', help: 'Current depth of workqueue' })
  const adds = new Counter({
    ...common,
    name: 'workqueue_adds_total',
    help: 'Total number of adds handled by workqueue',
  })
  const retries = new Counter({
    ...common,
    name: 'workqueue_retries_total',
    help: 'Total number of retries handled by workqueue',
  })
  const waited = new Histogram({
    ...common,
    buckets,
    name: 'workqueue_queue_duration_seconds',
    help: 'How long in seconds an item stays in workqueue before being requested.',
  })
  const worked = new Histogram({
    ...common,
    buckets,
    name: 'workqueue_work_duration_seconds',
    help: 'How long in seconds processing an item from workqueue takes.',
  })
  return name => ({
    depth: length => depth.set({ name }, length),
    added: () => adds.inc({ name }),
    retried: () => retries.inc({ name }),
    waited: seconds => waited.observe({ name }, seconds),
    worked: seconds => worked.observe({ name }, seconds),
  })
}
