// TokenReview: whose token is this, and is it good?

import type { V1TokenReview } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'

export type TokenReview = Kube<V1TokenReview>

export const tokenReviews: ResourceDefinition<TokenReview> = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1TokenReview')
  },
  verbs: ['create'],
}
