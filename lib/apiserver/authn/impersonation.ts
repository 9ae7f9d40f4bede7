// Asking as somebody else: `kubectl --as`. Everything impersonated (user, groups, uid, extras) must be allowed to the
// one who asks, by the verb impersonate. A filter between authentication and authorization.

import { badRequest } from '../../api/errors.ts'
import type { Authorizer } from '../authz/authorizer.ts'
import type { ApiRequest, Filter } from '../chain.ts'
import { refusal } from '../filters/authorization.ts'
import type { RequestInfo } from '../request-info.ts'
import type { UserInfo } from './authenticator.ts'
import { decodeHeaderKey, valuesOf } from './request-header.ts'
import { serviceAccountGroups, serviceAccountOf } from './token-claims.ts'

const extraPrefix = 'impersonate-extra-'

interface Impersonated {
  name: string
  uid: string
  groups: string[]
  extra: Record<string, string[]>
}

export function withImpersonation(authorize: Authorizer): Filter {
  return next => async request => {
    const wanted = impersonatedBy(request)
    if (!wanted) return next(request)
    for (const info of permissionsFor(wanted)) {
      const { decision, reason } = await authorize(request.user, info)
      if (decision !== 'allow') throw refusal(request.user, info, reason)
    }
    request.user = userOf(wanted)
    for (const header of Object.keys(request.headers)) {
      if (header.startsWith('impersonate-')) delete request.headers[header]
    }
    return next(request)
  }
}

/** Most requests ask for nothing of the kind: they are told by their headers' names alone. */
function impersonatedBy(request: ApiRequest): Impersonated | undefined {
  for (const header in request.headers) if (header.startsWith('impersonate-')) return readImpersonation(request)
  return undefined
}

/** Throws BadRequest when groups, uid or extras are asked for without a user. */
function readImpersonation({ headers }: ApiRequest): Impersonated | undefined {
  const name = [headers['impersonate-user'] ?? ''].flat()[0] ?? ''
  const uid = [headers['impersonate-uid'] ?? ''].flat()[0] ?? ''
  const groups = valuesOf(headers['impersonate-group'])
  const extra: Record<string, string[]> = {}
  for (const [header, value] of Object.entries(headers)) {
    if (header.startsWith(extraPrefix)) extra[decodeHeaderKey(header.slice(extraPrefix.length))] = valuesOf(value)
  }
  if (name) return { name, uid, groups, extra }
  if (!uid && groups.length === 0 && Object.keys(extra).length === 0) return undefined
  throw badRequest('requested impersonation without impersonating a user')
}

function permissionsFor({ name, uid, groups, extra }: Impersonated): RequestInfo[] {
  const account = serviceAccountOf(name)
  return [
    account
      ? permission({ resource: 'serviceaccounts', namespace: account.namespace, name: account.name })
      : permission({ resource: 'users', name }),
    ...groups.map(group => permission({ resource: 'groups', name: group })),
    ...(uid ? [permission({ apiGroup: 'authentication.k8s.io', resource: 'uids', name: uid })] : []),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map(value =>
        permission({ apiGroup: 'authentication.k8s.io', resource: 'userextras', subresource: key, name: value }),
      ),
    ),
  ]
}

function permission(what: Partial<RequestInfo>): RequestInfo {
  return {
    isResourceRequest: true,
    path: '',
    verb: 'impersonate',
    apiGroup: '',
    apiVersion: 'v1',
    namespace: '',
    subresource: '',
    resource: '',
    name: '',
    parts: [],
    ...what,
  }
}

function userOf({ name, uid, groups, extra }: Impersonated): UserInfo {
  return { name, ...(uid ? { uid } : {}), groups: groupsOf(name, groups), extra }
}

/** Without groups asked for, those a ServiceAccount is in; then those everybody is in. */
function groupsOf(name: string, asked: string[]): string[] {
  const account = serviceAccountOf(name)
  const groups = asked.length === 0 && account ? serviceAccountGroups(account.namespace) : [...asked]
  const isAnonymous = name === 'system:anonymous' || groups.includes('system:unauthenticated')
  const everybody = isAnonymous ? 'system:unauthenticated' : 'system:authenticated'
  return groups.includes(everybody) ? groups : [...groups, everybody]
}
