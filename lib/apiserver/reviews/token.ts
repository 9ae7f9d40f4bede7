// Whose token is this: for servers that are shown one and do not know.

import { badRequest } from '../../api/errors.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { type TokenReview, tokenReviews } from '../../kinds/authentication/token-review.ts'
import { withAuthenticatedGroup } from '../authn/union.ts'
import type { Review } from './review.ts'
import { userInfoOf } from './user-info.ts'

export const token: Review = {
  resource: tokenReviews as unknown as ResourceDefinition,
  async review(object, _request, { tokens }) {
    const review = object as TokenReview
    const { spec } = review
    if (!spec.token) throw badRequest('token is required for TokenReview in authentication')
    const verdict = await tokens.authenticate(spec.token, spec.audiences?.length ? spec.audiences : tokens.audiences)
    review.status = verdict?.ok
      ? {
          authenticated: true,
          user: userInfoOf(withAuthenticatedGroup(verdict.user)),
          audiences: verdict.audiences,
        }
      : { user: {}, error: `[invalid bearer token${verdict ? `, ${verdict.why}` : ''}]` }
    return review
  },
}
