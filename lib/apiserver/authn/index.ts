// Everyone who can say who asks, in the order they are asked.

import { unauthorized } from '../../api/errors.ts'
import type { StorageContext } from '../context.ts'
import { anonymousAuthenticator } from './anonymous.ts'
import type { Authenticator } from './authenticator.ts'
import { bearerToken } from './bearer-token.ts'
import { requestHeaderAuthenticator } from './request-header.ts'
import { ServiceAccountTokens } from './service-account-token.ts'
import { unionOf } from './union.ts'
import { x509Authenticator } from './x509.ts'

export interface Authentication {
  authenticator: Authenticator
  /** Issues and checks ServiceAccount tokens: for TokenRequest and TokenReview. */
  tokens: ServiceAccountTokens
}

export function authentication(context: StorageContext): Authentication {
  const { config, clock } = context
  const tokens = new ServiceAccountTokens(context)
  const authenticators = [tokenAuthenticator(context, tokens)]
  if (config.clientCa) authenticators.unshift(x509Authenticator(config.clientCa, clock))
  if (config.requestHeader) authenticators.unshift(requestHeaderAuthenticator(config.requestHeader, clock))
  return {
    authenticator: unionOf(authenticators, config.anonymousAuth ? anonymousAuthenticator : undefined),
    tokens,
  }
}

function tokenAuthenticator({ log }: StorageContext, tokens: ServiceAccountTokens): Authenticator {
  return async ({ headers }) => {
    const token = bearerToken(headers)
    if (token === undefined) return undefined
    const verdict = await tokens.authenticate(token)
    if (verdict?.ok) return verdict.user
    log.info({ why: verdict?.why ?? 'no token of this cluster' }, 'a bearer token was refused')
    throw unauthorized()
  }
}
