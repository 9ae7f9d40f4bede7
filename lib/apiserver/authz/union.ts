// Several authorizers, asked in order: the first with an opinion decides.

import type { Authorizer } from './authorizer.ts'

export function unionOf(authorizers: Authorizer[]): Authorizer {
  return async (user, info) => {
    const reasons: string[] = []
    for (const authorize of authorizers) {
      const verdict = await authorize(user, info)
      if (verdict.decision !== 'no-opinion') return verdict
      if (verdict.reason) reasons.push(verdict.reason)
    }
    return { decision: 'no-opinion', ...(reasons.length > 0 ? { reason: reasons.join('\n') } : {}) }
  }
}

/** Members of these groups may do everything. */
export function privilegedGroups(...groups: string[]): Authorizer {
  return async user => ({ decision: user.groups.some(group => groups.includes(group)) ? 'allow' : 'no-opinion' })
}

export const alwaysAllow: Authorizer = async () => ({ decision: 'allow' })
