// Owner references: how a controller marks what it made, and finds it again.

import type { KubeObject, OwnerReference } from '../api/meta.ts'
import { apiVersionOf, type ResourceDefinition } from '../api/resource.ts'

/** The reference by which `owner` controls another object. */
export function controllerReference(def: ResourceDefinition, owner: KubeObject): OwnerReference {
  return {
    apiVersion: apiVersionOf(def),
    kind: def.kind,
    name: owner.metadata.name ?? '',
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  }
}
