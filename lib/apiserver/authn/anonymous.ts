// Nobody in particular: may see health and version, and asks for everything else in vain. The list is what upstream's
// AuthenticationConfiguration calls the conditions of anonymous access.

import type { Authenticator, UserInfo } from './authenticator.ts'

const openPaths = new Set(['/healthz', '/livez', '/readyz', '/version'])

export const anonymousUser: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'], extra: {} }

export const anonymousAuthenticator: Authenticator = async ({ path }) => {
  return openPaths.has(path) ? anonymousUser : undefined
}
