// SelfSubjectReview: who am I, as the API server sees me? (`kubectl auth whoami`)

import type { V1SelfSubjectReview } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'

export type SelfSubjectReview = Kube<V1SelfSubjectReview>

export const selfSubjectReviews: ResourceDefinition<SelfSubjectReview> = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1SelfSubjectReview')
  },
  verbs: ['create'],
}
