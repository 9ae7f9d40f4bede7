// Who am I: `kubectl auth whoami`.

import type { ResourceDefinition } from '../../api/resource.ts'
import { type SelfSubjectReview, selfSubjectReviews } from '../../kinds/authentication/self-subject-review.ts'
import type { Review } from './review.ts'
import { userInfoOf } from './user-info.ts'

export const selfSubject: Review = {
  resource: selfSubjectReviews as unknown as ResourceDefinition,
  async review(object, { user }) {
    const review = object as SelfSubjectReview
    review.status = { userInfo: userInfoOf(user) }
    return review
  },
}
