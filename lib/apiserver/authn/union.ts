// Several ways to say who one is, tried in order.

import type { StatusError } from '../../api/errors.ts'
import { hasReason } from '../../api/errors.ts'
import type { Authenticator, UserInfo } from './authenticator.ts'

const authenticated = 'system:authenticated'

/**
 * The first that knows the user answers. Bad credentials of one kind do not stop good ones of another, but when none is
 * good they are refused: nobody with bad credentials passes as anonymous.
 */
export function unionOf(authenticators: Authenticator[], anonymous?: Authenticator): Authenticator {
  return async request => {
    let refusal: StatusError | undefined
    for (const authenticate of authenticators) {
      try {
        const user = await authenticate(request)
        if (user) return withAuthenticatedGroup(user)
      } catch (error) {
        if (!hasReason(error, 'Unauthorized')) throw error
        refusal ??= error
      }
    }
    if (refusal) throw refusal
    return anonymous?.(request)
  }
}

/** Whoever proved who they are is in system:authenticated. */
export function withAuthenticatedGroup(user: UserInfo): UserInfo {
  if (user.groups.includes(authenticated) || user.groups.includes('system:unauthenticated')) return user
  return { ...user, groups: [...user.groups, authenticated] }
}
