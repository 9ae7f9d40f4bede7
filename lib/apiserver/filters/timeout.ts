// A request that is not long-running has a minute (or what ?timeout= says, if that is less).

import { badRequest, timeout } from '../../api/errors.ts'
import type { Clock } from '../../util/clock.ts'
import type { Filter } from '../chain.ts'
import { goDurationMs } from '../go-duration.ts'
import { isLongRunning } from '../request-info.ts'

export function withTimeout({ timeoutMs, clock }: { timeoutMs: number; clock: Clock }): Filter {
  return next => request => {
    if (isLongRunning(request.info)) return next(request)
    const asked = request.query.get('timeout')
    const limitMs = asked ? Math.min(timeoutMs, requestedMs(asked) || timeoutMs) : timeoutMs
    return race(next(request), limitMs, clock)
  }
}

function requestedMs(text: string): number {
  const ms = goDurationMs(text)
  if (ms === undefined) throw badRequest(`invalid timeout specified in the request URL: "${text}"`)
  return ms
}

async function race<T>(work: Promise<T>, limitMs: number, clock: Clock): Promise<T> {
  const cancel = new AbortController()
  const late = clock.sleep(limitMs, cancel.signal).then(
    () => Promise.reject(timeout('request did not complete within the allotted timeout')),
    // The work was faster: this sleep was called off.
    () => work,
  )
  try {
    return await Promise.race([work, late])
  } finally {
    cancel.abort()
  }
}
