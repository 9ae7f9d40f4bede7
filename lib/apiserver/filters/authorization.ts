// May they: what is not allowed is forbidden, in upstream's words.

import { forbidden, StatusError } from '../../api/errors.ts'
import type { UserInfo } from '../authn/authenticator.ts'
import type { Authorizer } from '../authz/authorizer.ts'
import type { Filter } from '../chain.ts'
import type { RequestInfo } from '../request-info.ts'

export function withAuthorization(authorize: Authorizer): Filter {
  return next => async request => {
    const { decision, reason } = await authorize(request.user, request.info)
    if (decision === 'allow') return next(request)
    throw refusal(request.user, request.info, reason)
  }
}

export function refusal(user: UserInfo, info: RequestInfo, reason?: string): StatusError {
  const why = `User ${JSON.stringify(user.name)} cannot ${info.verb} ${whatFor(info)}${reason ? `: ${reason}` : ''}`
  if (!info.isResourceRequest) return new StatusError(403, 'Forbidden', `forbidden: ${why}`, {})
  return forbidden({ group: info.apiGroup, plural: info.resource }, info.name, why)
}

function whatFor(info: RequestInfo): string {
  if (!info.isResourceRequest) return `path ${JSON.stringify(info.path)}`
  const resource = info.subresource ? `${info.resource}/${info.subresource}` : info.resource
  const where = info.namespace ? `in the namespace "${info.namespace}"` : 'at the cluster scope'
  return `resource "${resource}" in API group "${info.apiGroup}" ${where}`
}
