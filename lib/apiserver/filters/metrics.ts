// Every request is counted and timed.

import type { Clock } from '../../util/clock.ts'
import type { Filter } from '../chain.ts'
import type { Metrics } from '../metrics.ts'
import { isLongRunning } from '../request-info.ts'

export function withMetrics(metrics: Metrics, clock: Clock): Filter {
  return next => request => {
    const startedMs = clock.now()
    const isLong = isLongRunning(request.info)
    if (isLong) metrics.longRunning(request.info, 1)
    request.done.then(code => {
      metrics.requestDone(request, code, clock.now() - startedMs)
      if (isLong) metrics.longRunning(request.info, -1)
    })
    return next(request)
  }
}
