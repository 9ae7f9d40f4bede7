// Every review kind: one line each.

import { localSubjectAccessReviews } from '../../kinds/authorization/local-subject-access-review.ts'
import { selfSubjectAccessReviews } from '../../kinds/authorization/self-subject-access-review.ts'
import { subjectAccessReviews } from '../../kinds/authorization/subject-access-review.ts'
import { accessReview } from './access.ts'
import type { Review } from './review.ts'
import { selfSubject } from './self-subject.ts'
import { selfSubjectRules } from './self-subject-rules.ts'
import { token } from './token.ts'

export const reviews: Review[] = [
  token,
  selfSubject,
  accessReview(subjectAccessReviews, { self: false }),
  accessReview(localSubjectAccessReviews, { self: false }),
  accessReview(selfSubjectAccessReviews, { self: true }),
  selfSubjectRules,
]
