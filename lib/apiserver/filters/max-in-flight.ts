// How many requests may be under way at once, reading and writing counted apart; long-running ones not at all.

import type { ApiResponse, Filter } from '../chain.ts'
import type { Metrics } from '../metrics.ts'
import { isLongRunning } from '../request-info.ts'
import { textResponse } from '../responses.ts'

const readingVerbs = new Set(['get', 'list', 'watch', 'head', 'options'])

export function maxInFlight(limits: { readOnly: number; mutating: number }, metrics: Metrics): Filter {
  const underway = { readOnly: 0, mutating: 0 }
  return next => async request => {
    if (isLongRunning(request.info)) return next(request)
    const kind = readingVerbs.has(request.info.verb) ? 'readOnly' : 'mutating'
    // Those who repair the cluster must always get in.
    const isExempt = request.user.groups.includes('system:masters')
    if (underway[kind] >= limits[kind] && limits[kind] > 0 && !isExempt) return tooMany()
    underway[kind]++
    metrics.inFlight(kind, 1)
    request.done.then(() => {
      underway[kind]--
      metrics.inFlight(kind, -1)
    })
    return next(request)
  }
}

/** No Status: that is how upstream says it, and clients know it by its code. */
function tooMany(): ApiResponse {
  const refusal = textResponse('Too many requests, please try again later.\n', 429)
  return { ...refusal, headers: { ...refusal.headers, 'retry-after': '1' } }
}
