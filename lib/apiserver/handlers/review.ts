// POST of a review: the question comes back with its answer, and nothing is stored.

import { invalidObject } from '../../api/field-errors.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { answerObject } from '../answer.ts'
import { readObject } from '../decode.ts'
import { negotiateOutput } from '../negotiate.ts'
import { matchNamespace } from '../object-meta.ts'
import { namespaceOf, type ResourceHandler } from '../resource-request.ts'
import { reviews } from '../reviews/index.ts'
import type { Review } from '../reviews/review.ts'
import { writeOptions } from '../write-options.ts'

export function reviewOf(def: ResourceDefinition): Review | undefined {
  return reviews.find(({ resource }) => resource.group === def.group && resource.plural === def.plural)
}

export const review: ResourceHandler = async r => {
  const { request, def, context } = r
  // There are no columns to show a question in.
  const output = negotiateOutput(request, { views: ['PartialObjectMetadata'] })
  const options = writeOptions(request.query, 'CreateOptions')
  const object = await readObject(request, def, { ...options, registry: context.registry })
  matchNamespace(def, object.metadata, namespaceOf(r))
  const errors = def.strategy?.validate?.(object) ?? []
  if (errors.length > 0) throw invalidObject(def, object.metadata.name ?? '', errors)
  const found = reviewOf(def)
  if (!found) throw new Error(`${def.plural} is no review`)
  return answerObject({ ...r, output }, await found.review(object, request, context), 201)
}
