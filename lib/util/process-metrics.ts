// What a component tells of its own process: CPU, memory, event loop, garbage collection, under prom-client's names.

import { collectDefaultMetrics, type Registry } from 'prom-client'

/** The event loop's lag is measured by a timer: prom-client's 10 ms would be what an idle component spends its time on. */
const lagEveryMs = 1000

export function collectProcessMetrics(register: Registry): void {
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: lagEveryMs })
}
