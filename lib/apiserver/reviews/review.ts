// A kind that is only asked: TokenReview, SubjectAccessReview. It has one verb, create, and is never stored; the answer
// is the object with its status filled in.

import type { KubeObject } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import type { ApiRequest } from '../chain.ts'
import type { ServerContext } from '../context.ts'

/** One line of reviews/index.ts. The definition stands in lib/kinds, with `verbs: ['create']`. */
export interface Review<T extends KubeObject = KubeObject> {
  resource: ResourceDefinition<T>
  /** `object` is decoded, defaulted and valid by its schema and strategy; may be changed and answered. 201. */
  review(object: T, request: ApiRequest, context: ServerContext): Promise<T>
}
