// What may I do in a namespace: `kubectl auth can-i --list`.

import { badRequest } from '../../api/errors.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import {
  type SelfSubjectRulesReview,
  selfSubjectRulesReviews,
} from '../../kinds/authorization/self-subject-rules-review.ts'
import { nodeOf } from '../authz/node-identity.ts'
import type { Review } from './review.ts'

export const selfSubjectRules: Review = {
  resource: selfSubjectRulesReviews as unknown as ResourceDefinition,
  async review(object, { user }, { rulesFor }) {
    const review = object as SelfSubjectRulesReview
    const { namespace } = review.spec
    if (!namespace) throw badRequest('no namespace on request')
    const { rules, errors } = await rulesFor(user, namespace)
    if (nodeOf(user) !== undefined) errors.push('node authorizer does not support user rule resolution')
    review.status = {
      resourceRules: rules
        .filter(rule => rule.resources?.length)
        .map(({ verbs, apiGroups, resources, resourceNames }) => ({
          verbs,
          ...(apiGroups ? { apiGroups } : {}),
          ...(resources ? { resources } : {}),
          ...(resourceNames ? { resourceNames } : {}),
        })),
      nonResourceRules: rules
        .filter(rule => rule.nonResourceURLs?.length)
        .map(({ verbs, nonResourceURLs }) => ({ verbs, ...(nonResourceURLs ? { nonResourceURLs } : {}) })),
      incomplete: errors.length > 0,
      ...(errors.length > 0 ? { evaluationError: errors.join(', ') } : {}),
    }
    return review
  },
}
