// A request that is not long-running has a minute (or what ?timeout= says, if that is less). When it is over, whoever
// works on the request is told by its signal. A large answer has as long again to be read, for until then it counts as a
// request in flight.

import { badRequest, timeout } from '../../api/errors.ts'
import type { Clock } from '../../util/clock.ts'
import { parseGoDuration } from '../../util/go-duration.ts'
import type { ApiRequest, ApiResponse, Filter } from '../chain.ts'
import { withDeadline } from '../deadline.ts'
import { isLongRunning } from '../request-info.ts'

export function withTimeout({ timeoutMs, clock }: { timeoutMs: number; clock: Clock }): Filter {
  return next => request => {
    if (isLongRunning(request.info)) return next(request)
    const asked = request.query.get('timeout')
    const limitMs = asked ? limit(asked, timeoutMs) : timeoutMs
    const answered = withDeadline({ clock, limitMs, late: () => giveUp(request) }, () => next(request))
    return answered.then(answer => {
      if (isLarge(answer)) cutWhenLate(request, { limitMs, clock })
      return answer
    })
  }
}

const largeBytes = 64 * 1024

function isLarge({ body }: ApiResponse): boolean {
  return typeof body === 'object' && (!Buffer.isBuffer(body) || body.length > largeBytes)
}

function cutWhenLate(request: ApiRequest, { limitMs, clock }: { limitMs: number; clock: Clock }): void {
  const sent = new AbortController()
  clock.sleep(limitMs, sent.signal).then(
    () => request.cancel(new Error('the client took too long to read the answer')),
    // Called off: it was read.
    () => undefined,
  )
  void request.done.then(() => sent.abort())
}

function giveUp(request: ApiRequest): Error {
  request.cancel(new DOMException('the request took too long', 'AbortError'))
  return timeout('request did not complete within the allotted timeout')
}

/** Nothing, and less than nothing, is no limit of the client's. */
function limit(asked: string, timeoutMs: number): number {
  const ms = requestedMs(asked)
  return ms > 0 ? Math.min(ms, timeoutMs) : timeoutMs
}

function requestedMs(text: string): number {
  try {
    return parseGoDuration(text).ms
  } catch (cause) {
    const why = (cause as Error).message
    throw Object.assign(badRequest(`invalid timeout specified in the request URL - ${why}`), { cause })
  }
}
