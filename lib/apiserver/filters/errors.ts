// Whatever is thrown becomes a Status, here and only here.

import { hasReason, internalError, StatusError } from '../../api/errors.ts'
import { Compacted, Unavailable } from '../../storage/kv.ts'
import { isAbortError } from '../../util/async.ts'
import type { Logger } from '../../util/log.ts'
import type { ApiRequest, ApiResponse, Filter } from '../chain.ts'
import { isPretty } from '../negotiate.ts'
import { statusResponse } from '../responses.ts'

export function mapErrors(log: Logger): Filter {
  return next => async request => {
    try {
      return await next(request)
    } catch (thrown) {
      const error = toStatusError(thrown, request)
      if (error.code >= 500 && !isAnswer(thrown)) {
        log.error(
          { err: thrown, method: request.method, path: request.path, auditId: request.auditId },
          'request failed',
        )
      }
      const response = errorResponse(error)
      return isPretty(request) ? { ...response, body: `${JSON.stringify(error.toStatus(), null, 2)}\n` } : response
    }
  }
}

/** What was meant to be said, such as a version that is still to come: no failure of the server's. */
function isAnswer(thrown: unknown): boolean {
  return isAbortError(thrown) || (thrown instanceof StatusError && !hasReason(thrown, 'InternalError'))
}

export function toStatusError(thrown: unknown, request: ApiRequest): StatusError {
  if (thrown instanceof StatusError) return thrown
  if (thrown instanceof Unavailable) return serverTimeout(request, thrown)
  if (thrown instanceof Compacted) return new StatusError(410, 'Expired', thrown.message, undefined, thrown)
  return internalError(thrown)
}

/** etcd did not answer: upstream's NewServerTimeout. */
function serverTimeout({ info }: ApiRequest, cause: unknown): StatusError {
  const resource = info.apiGroup ? `${info.resource}.${info.apiGroup}` : info.resource
  const message = `The ${info.verb} operation against ${resource} could not be completed at this time, please try again.`
  const details = { group: info.apiGroup, kind: info.resource, retryAfterSeconds: 2 }
  return new StatusError(500, 'ServerTimeout', message, details, cause)
}

export function errorResponse(error: StatusError): ApiResponse {
  const response = statusResponse(error.toStatus())
  const retryAfter = error.details?.retryAfterSeconds
  if (retryAfter) response.headers = { ...response.headers, 'retry-after': `${retryAfter}` }
  if (hasReason(error, 'Forbidden')) response.headers = { ...response.headers, 'x-content-type-options': 'nosniff' }
  return response
}
