// What stands in a ServiceAccount's token, and whom it makes its bearer. Pure.

import type { UserInfo } from './authenticator.ts'

/** An object a token is bound to: the token dies with it. */
export interface BoundRef {
  name: string
  uid: string
}

/** The private claim `kubernetes.io`. */
export interface PrivateClaims {
  namespace: string
  serviceaccount: BoundRef
  pod?: BoundRef
  node?: BoundRef
  secret?: BoundRef
  /** Seconds since the epoch: a bearer that still uses the token then did not renew it. */
  warnafter?: number
}

export interface TokenClaims {
  id: string
  audiences: string[]
  /** Seconds since the epoch. */
  notBefore: number
  expires: number
  bound: PrivateClaims
}

const second = 1000

/** undefined when a claim is missing or malformed. */
export function claimsOf(payload: Record<string, unknown>): TokenClaims | undefined {
  const bound = payload['kubernetes.io'] as PrivateClaims | undefined
  const { aud, exp, nbf, jti, sub } = payload
  if (!isRef(bound?.serviceaccount) || typeof bound?.namespace !== 'string' || typeof exp !== 'number') return undefined
  if (sub !== serviceAccountUser(bound.namespace, bound.serviceaccount.name)) return undefined
  return {
    id: typeof jti === 'string' ? jti : '',
    audiences: [aud ?? []].flat().filter(audience => typeof audience === 'string'),
    notBefore: typeof nbf === 'number' ? nbf : 0,
    expires: exp,
    bound,
  }
}

function isRef(value: unknown): value is BoundRef {
  const ref = value as Partial<BoundRef> | undefined
  return typeof ref?.name === 'string' && ref.name !== '' && typeof ref.uid === 'string'
}

/** Clocks may differ by this much. */
const leewayMs = 60 * second

/** Why the token does not count now; undefined when it does. */
export function untimely({ notBefore, expires }: TokenClaims, nowMs: number): string | undefined {
  if (nowMs - leewayMs > expires * second) return 'service account token has expired'
  if (nowMs + leewayMs < notBefore * second) return 'service account token is not valid yet'
  return undefined
}

export function serviceAccountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`
}

export function serviceAccountGroups(namespace: string): string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
}

/** The namespace and name in `system:serviceaccount:<namespace>:<name>`. */
export function serviceAccountOf(user: string): { namespace: string; name: string } | undefined {
  const [, , namespace, name, ...more] = user.startsWith('system:serviceaccount:') ? user.split(':') : []
  return namespace && name && more.length === 0 ? { namespace, name } : undefined
}

export function userOfClaims({ id, bound }: TokenClaims): UserInfo {
  const { namespace, serviceaccount, pod, node } = bound
  const extra: Record<string, string[]> = {}
  const put = (key: string, value: string | undefined) => {
    if (value) extra[`authentication.kubernetes.io/${key}`] = [value]
  }
  put('pod-name', pod?.name)
  put('pod-uid', pod?.uid)
  put('node-name', node?.name)
  put('node-uid', node?.uid)
  put('credential-id', id && `JTI=${id}`)
  return {
    name: serviceAccountUser(namespace, serviceaccount.name),
    uid: serviceaccount.uid,
    groups: serviceAccountGroups(namespace),
    extra,
  }
}
