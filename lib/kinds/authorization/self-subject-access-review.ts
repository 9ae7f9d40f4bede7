// SelfSubjectAccessReview: may I do this? (`kubectl auth can-i`)

import type { V1SelfSubjectAccessReview } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { questionErrors } from './access-attributes.ts'

export type SelfSubjectAccessReview = Kube<V1SelfSubjectAccessReview>

export const selfSubjectAccessReviews: ResourceDefinition<SelfSubjectAccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1SelfSubjectAccessReview')
  },
  verbs: ['create'],
  strategy: { validate: ({ spec }) => questionErrors(spec) },
}
