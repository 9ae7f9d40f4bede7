// What a ControllerRevision is.

import type { V1ControllerRevision } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'

export type ControllerRevision = Kube<V1ControllerRevision>

export const controllerRevisions: ResourceDefinition<ControllerRevision> = {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('V1ControllerRevision')
  },
}
