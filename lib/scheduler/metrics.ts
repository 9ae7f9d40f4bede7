// What the scheduler tells of itself, under upstream's names.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export interface SchedulerMetrics {
  attempt(result: 'scheduled' | 'unschedulable' | 'error', seconds: number): void
  /** Where to read the queue's sizes when metrics are asked for. */
  pending(sizes: () => { active: number; backoff: number; unschedulable: number }): void
}

export function schedulerMetrics(registry: Registry): SchedulerMetrics {
  const registers = [registry]
  const attempts = new Counter({
    name: 'scheduler_schedule_attempts_total',
    help: 'Attempts to schedule pods, by result',
    labelNames: ['result', 'profile'] as const,
    registers,
  })
  const duration = new Histogram({
    name: 'scheduler_scheduling_attempt_duration_seconds',
    help: 'Seconds one decision takes, without its binding',
    labelNames: ['result', 'profile'] as const,
    buckets: [0.0001, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024],
    registers,
  })
  let sizes = () => ({ active: 0, backoff: 0, unschedulable: 0 })
  new Gauge({
    name: 'scheduler_pending_pods',
    help: 'Pods that wait, by the part of the queue they are in',
    labelNames: ['queue'] as const,
    registers,
    collect() {
      for (const [queue, size] of Object.entries(sizes())) this.set({ queue }, size)
    },
  })
  return {
    attempt(result, seconds) {
      const labels = { result, profile: 'default-scheduler' }
      attempts.inc(labels)
      duration.observe(labels, seconds)
    },
    pending(read) {
      sizes = read
    },
  }
}
