// LocalSubjectAccessReview: may this user do this in this namespace?

import type { V1LocalSubjectAccessReview } from '@kubernetes/client-node'
import { type FieldError, invalid } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { questionErrors, subjectErrors } from './access-attributes.ts'

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
  strategy: {
    validate: review => [...questionErrors(review.spec), ...subjectErrors(review.spec), ...placeErrors(review)],
  },
}

/** It is about its own namespace and nothing else. */
function placeErrors({ metadata, spec }: LocalSubjectAccessReview): FieldError[] {
  const { namespace = '' } = spec.resourceAttributes ?? {}
  const errors: FieldError[] = []
  if (namespace !== metadata.namespace) {
    errors.push(invalid('spec.resourceAttributes.namespace', namespace, 'must match metadata.namespace'))
  }
  if (spec.nonResourceAttributes) {
    const detail = 'disallowed on this kind of request'
    errors.push(invalid('spec.nonResourceAttributes', spec.nonResourceAttributes, detail))
  }
  return errors
}
