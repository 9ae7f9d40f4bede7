// What a PersistentVolume is.

import type { V1PersistentVolume } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { statusSubresource } from '../status-subresource.ts'

export type PersistentVolume = Kube<V1PersistentVolume>

export const persistentVolumes: ResourceDefinition<PersistentVolume> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  scope: 'Cluster',
  shortNames: ['pv'],
  get schema() {
    return builtinSchema('V1PersistentVolume')
  },
  subresources: { status: statusSubresource() },
}
