// How the server itself writes a CustomResourceDefinition: by its status, along the way of all writes.

import type { ResourceDefinition } from '../api/resource.ts'
import {
  type CustomResourceDefinition,
  customResourceDefinitions,
} from '../kinds/apiextensions/custom-resource-definition.ts'
import type { UserInfo } from './authn/authenticator.ts'
import type { ServerContext } from './context.ts'
import { updateObject } from './handlers/update-object.ts'

/** The server, when it asks itself. */
export const serverUser: UserInfo = {
  name: 'system:apiserver',
  groups: ['system:masters', 'system:authenticated'],
  extra: {},
}

/**
 * Writes what `change` makes of the definition, which must still be the one that was looked at; resolves when the cache
 * knows. Throws Conflict when it is another by now.
 */
export async function writeStatus(
  context: ServerContext,
  crd: CustomResourceDefinition,
  change: (copy: CustomResourceDefinition) => void,
): Promise<CustomResourceDefinition | undefined> {
  const changed = structuredClone(crd)
  change(changed)
  const written = await updateObject(context, {
    def: customResourceDefinitions as unknown as ResourceDefinition,
    subresource: 'status',
    user: serverUser,
    dryRun: false,
    warnings: [],
    manager: 'kube-apiserver',
    key: { name: crd.metadata.name ?? '' },
    change: () => structuredClone(changed),
  })
  if (!written || !('entry' in written)) return undefined
  await context.cache.seen(written.entry.revision)
  return written.entry.object as CustomResourceDefinition
}
