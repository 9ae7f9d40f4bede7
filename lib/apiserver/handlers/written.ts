// What came of a write: the stored object, or what it would have been (a dry run).

import type { KubeObject } from '../../api/meta.ts'
import type { CacheEntry } from '../../storage/entry.ts'
import { answerEntry, answerObject } from '../answer.ts'
import type { ApiResponse } from '../chain.ts'
import type { ResourceRequest } from '../resource-request.ts'

export type Written = { entry: CacheEntry } | { object: KubeObject }

export function objectOf(written: Written): KubeObject {
  return 'entry' in written ? written.entry.object : written.object
}

export function answerWritten(r: ResourceRequest, written: Written, status = 200): Promise<ApiResponse> {
  const read = r.subresource ? r.def.subresources?.[r.subresource]?.read : undefined
  if (read) return answerObject(r, read(objectOf(written)), status)
  return 'entry' in written ? answerEntry(r, written.entry, status) : answerObject(r, written.object, status)
}
