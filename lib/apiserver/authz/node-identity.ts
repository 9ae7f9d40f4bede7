// Which node a user is.

import type { UserInfo } from '../authn/authenticator.ts'

const prefix = 'system:node:'

/** undefined: no node. '' for a member of system:nodes whose name names none. */
export function nodeOf(user: UserInfo): string | undefined {
  if (!user.groups.includes('system:nodes')) return undefined
  return user.name.startsWith(prefix) ? user.name.slice(prefix.length) : ''
}
