// What a PersistentVolumeClaim is.

import type { V1PersistentVolumeClaim } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { statusSubresource } from '../status-subresource.ts'

export type PersistentVolumeClaim = Kube<V1PersistentVolumeClaim>

export const persistentVolumeClaims: ResourceDefinition<PersistentVolumeClaim> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  scope: 'Namespaced',
  shortNames: ['pvc'],
  get schema() {
    return builtinSchema('V1PersistentVolumeClaim')
  },
  subresources: { status: statusSubresource() },
}
