// What is asked of a TokenRequest and what comes of it, apart from any I/O. Pure.

import { type FieldError, invalid } from '../../api/field-errors.ts'
import type { KubeObject } from '../../api/meta.ts'

export interface TokenRequest extends KubeObject {
  spec: {
    audiences: string[]
    expirationSeconds?: number
    boundObjectRef?: { apiVersion?: string; kind?: string; name?: string; uid?: string }
  }
  status?: { token: string; expirationTimestamp: string }
}

type Spec = TokenRequest['spec']

const defaultSeconds = 3600
const minSeconds = 600
const maxSeconds = 2 ** 32
/** What pods ask for that leave the choice to the server. */
const ownChoiceSeconds = 3607
const extendedSeconds = 365 * 24 * 3600

export function defaultTokenRequest(request: TokenRequest, audiences: readonly string[]): void {
  request.spec ??= { audiences: [] }
  if (!request.spec.audiences?.length) request.spec.audiences = [...audiences]
  request.spec.expirationSeconds ??= defaultSeconds
}

/** The token's lifetime is between ten minutes and 136 years. */
export function tokenRequestErrors({ spec, metadata }: TokenRequest, at: { namespace: string; name: string }) {
  const errors: FieldError[] = []
  const seconds = spec.expirationSeconds ?? defaultSeconds
  const field = 'spec.expirationSeconds'
  if (seconds < minSeconds) {
    errors.push(invalid(field, seconds, 'may not specify a duration less than 10 minutes'))
  }
  if (seconds > maxSeconds) {
    errors.push(invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds'))
  }
  const must = (what: string) => `must match the service account ${what} if specified`
  if (metadata.name && metadata.name !== at.name) errors.push(invalid('metadata.name', metadata.name, must('name')))
  if (metadata.namespace && metadata.namespace !== at.namespace) {
    errors.push(invalid('metadata.namespace', metadata.namespace, must('namespace')))
  }
  return errors
}

export interface Lifetime {
  /** What the answer says. */
  saidSeconds: number
  /** What stands in the token. */
  expires: number
  /** Seconds since the epoch: a bearer should have renewed it by then. */
  warnAfter?: number
}

/**
 * Old client libraries read their token once: one that nobody chose the lifetime of, for this server and bound to a pod,
 * is good for a year, while the kubelet is told to renew it as if it were not. See KEP-1205.
 */
export function lifetimeOf(
  spec: Spec,
  given: { nowSeconds: number; isForPod: boolean; ownAudiences: readonly string[]; maxSeconds?: number | undefined },
): Lifetime {
  const { nowSeconds, isForPod, ownAudiences } = given
  const saidSeconds = Math.min(spec.expirationSeconds ?? defaultSeconds, given.maxSeconds ?? Number.POSITIVE_INFINITY)
  const isExtended =
    isForPod &&
    spec.expirationSeconds === ownChoiceSeconds &&
    spec.audiences.every(audience => ownAudiences.includes(audience))
  if (!isExtended) return { saidSeconds, expires: nowSeconds + saidSeconds }
  return { saidSeconds, expires: nowSeconds + extendedSeconds, warnAfter: nowSeconds + saidSeconds }
}
