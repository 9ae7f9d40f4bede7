// Every request is counted and timed.

import { inBackground } from '../../util/async.ts'
import type { Clock } from '../../util/clock.ts'
import type { Logger } from '../../util/log.ts'
import type { Filter } from '../chain.ts'
import type { Metrics } from '../metrics.ts'
import { isLongRunning } from '../request-info.ts'

export function withMetrics(metrics: Metrics, { clock, log }: { clock: Clock; log: Logger }): Filter {
  return next => request => {
    const startedMs = clock.now()
    const isLong = isLongRunning(request.info)
    if (isLong) metrics.longRunning(request.info, 1)
    const counted = request.done.then(code => {
      metrics.requestDone(request, code, clock.now() - startedMs)
      if (isLong) metrics.longRunning(request.info, -1)
    })
    inBackground(log, 'counting a request', counted)
    return next(request)
  }
}
