// SelfSubjectRulesReview: what may I do in a namespace? (`kubectl auth can-i --list`)

import type { V1SelfSubjectRulesReview } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'

export type SelfSubjectRulesReview = Kube<V1SelfSubjectRulesReview>

export const selfSubjectRulesReviews: ResourceDefinition<SelfSubjectRulesReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1SelfSubjectRulesReview')
  },
  verbs: ['create'],
}
