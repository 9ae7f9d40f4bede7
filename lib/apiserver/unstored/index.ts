// Every kind that is served and not stored: one line each.

import type { ResourceDefinition } from '../../api/resource.ts'
import type { ResourceHandler } from '../resource-request.ts'
import { bindingHandlers } from './binding.ts'
import { componentStatusHandlers } from './component-status.ts'
import type { UnstoredKind } from './unstored-kind.ts'

const unstoredKinds: UnstoredKind[] = [bindingHandlers, componentStatusHandlers]

/** What a verb of an unstored kind does; undefined for all the kinds that are stored. */
export function unstoredHandler({ group, plural }: ResourceDefinition, verb: string): ResourceHandler | undefined {
  const kind = unstoredKinds.find(({ resource }) => resource.plural === plural && resource.group === group)
  return kind?.handlers[verb]
}
