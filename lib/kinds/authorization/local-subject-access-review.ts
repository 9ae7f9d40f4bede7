// LocalSubjectAccessReview: may this user do this in this namespace?

import type { V1LocalSubjectAccessReview } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'

export type LocalSubjectAccessReview = Kube<V1LocalSubjectAccessReview>

export const localSubjectAccessReviews: ResourceDefinition<LocalSubjectAccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('V1LocalSubjectAccessReview')
  },
  verbs: ['create'],
}
