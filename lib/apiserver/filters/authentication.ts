// Who asks: the user is set, or the answer is 401.

import { unauthorized } from '../../api/errors.ts'
import type { Authenticator } from '../authn/authenticator.ts'
import { dropBearerToken } from '../authn/bearer-token.ts'
import type { Filter } from '../chain.ts'

export function withAuthentication(authenticate: Authenticator): Filter {
  return next => async request => {
    const user = await authenticate(request)
    if (!user) throw unauthorized()
    request.user = user
    // Credentials are of no use to anyone behind this point.
    dropBearerToken(request.headers)
    return next(request)
  }
}
