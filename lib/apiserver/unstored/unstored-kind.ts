// A kind that is served and not stored: its definition, and a handler for each of its verbs.

import type { ResourceDefinition } from '../../api/resource.ts'
import type { ResourceHandler } from '../resource-request.ts'

export interface UnstoredKind {
  resource: Pick<ResourceDefinition, 'group' | 'plural'>
  /** By RBAC verb. */
  handlers: Record<string, ResourceHandler>
}
