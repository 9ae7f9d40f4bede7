// A subresource that is a view of its object, as the kind's definition says it.

import type { KubeObject } from '../api/meta.ts'
import type { ResourceDefinition, Subresource } from '../api/resource.ts'

/** The view of the object under this name, if it has one. */
export function viewOf(def: ResourceDefinition, name: string): Subresource<KubeObject> | undefined {
  return Object.hasOwn(def.subresources ?? {}, name) ? def.subresources?.[name] : undefined
}
