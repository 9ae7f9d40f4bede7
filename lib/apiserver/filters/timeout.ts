// A request that is not long-running has a minute (or what ?timeout= says, if that is less).

import { badRequest, timeout } from '../../api/errors.ts'
import type { Clock } from '../../util/clock.ts'
import type { Filter } from '../chain.ts'
import { withDeadline } from '../deadline.ts'
import { goDurationMs } from '../go-duration.ts'
import { isLongRunning } from '../request-info.ts'

export function withTimeout({ timeoutMs, clock }: { timeoutMs: number; clock: Clock }): Filter {
  return next => request => {
    if (isLongRunning(request.info)) return next(request)
    const asked = request.query.get('timeout')
    const limitMs = asked ? Math.min(timeoutMs, requestedMs(asked) || timeoutMs) : timeoutMs
    return withDeadline({ clock, limitMs, late }, () => next(request))
  }
}

const late = () => timeout('request did not complete within the allotted timeout')

function requestedMs(text: string): number {
  const ms = goDurationMs(text)
  if (ms === undefined) throw badRequest(`invalid timeout specified in the request URL: "${text}"`)
  return ms
}
