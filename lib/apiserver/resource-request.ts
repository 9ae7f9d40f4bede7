// A request for a resource that is served: what the handlers get, one file a verb.

import type { ObjectKey } from '../api/meta.ts'
import { type ResourceDefinition, storageKey } from '../api/resource.ts'
import type { ApiRequest, ApiResponse } from './chain.ts'
import type { ServerContext } from './context.ts'
import type { Output } from './negotiate.ts'

export interface ResourceRequest {
  request: ApiRequest
  def: ResourceDefinition
  /** '' for the object itself. */
  subresource: string
  context: ServerContext
  output: Output
}

export type ResourceHandler = (r: ResourceRequest) => Promise<ApiResponse>

/** Where the named object is; cluster-scoped objects have no namespace, whatever the path says. */
export function objectKeyOf({ request: { info }, def }: Pick<ResourceRequest, 'request' | 'def'>): ObjectKey {
  return def.scope === 'Namespaced' ? { namespace: info.namespace, name: info.name } : { name: info.name }
}

/** The storage key of the named object. */
export function storageKeyOf(r: Pick<ResourceRequest, 'request' | 'def'>): string {
  return storageKey(r.def, objectKeyOf(r))
}

/** The namespace the request is for, '' for none. */
export function namespaceOf({ request: { info }, def }: Pick<ResourceRequest, 'request' | 'def'>): string {
  return def.scope === 'Namespaced' ? info.namespace : ''
}

/** What a list, watch or deletecollection is about; a name may come from the path or from a selector. */
export function rangeOf(r: Pick<ResourceRequest, 'request' | 'def'>): { namespace: string; name: string } {
  return { namespace: namespaceOf(r), name: r.request.info.name }
}
