// SubjectAccessReview: may this user do this?

import type { V1SubjectAccessReview } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { questionErrors, subjectErrors } from './access-attributes.ts'

export type SubjectAccessReview = Kube<V1SubjectAccessReview>

export const subjectAccessReviews: ResourceDefinition<SubjectAccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1SubjectAccessReview')
  },
  verbs: ['create'],
  strategy: { validate: ({ spec }) => [...questionErrors(spec), ...subjectErrors(spec)] },
}
