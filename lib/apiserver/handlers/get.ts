// GET of one object.

import { notFound } from '../../api/errors.ts'
import { answerEntry, answerObject } from '../answer.ts'
import { objectKeyOf, type ResourceHandler, storageKeyOf } from '../resource-request.ts'
import { servedIfAny } from '../served-entry.ts'
import { notOlderThan, parseRevision } from './read-revision.ts'

export const get: ResourceHandler = async r => {
  const { request, def, context, subresource } = r
  await notOlderThan(context, parseRevision(request.query.get('resourceVersion') ?? ''), request.signal)
  const entry = servedIfAny(def, context.cache.get(storageKeyOf(r)))
  if (!entry) throw notFound(def, objectKeyOf(r).name)
  const read = subresource ? def.subresources?.[subresource]?.read : undefined
  return read ? answerObject(r, read(entry.object)) : answerEntry(r, entry)
}
