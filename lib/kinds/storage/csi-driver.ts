// CSIDriver: what a storage driver can do and asks for.

import type { V1CSIDriver } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'

export type CSIDriver = Kube<V1CSIDriver>

export const csiDrivers: ResourceDefinition<CSIDriver> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1CSIDriver')
  },
  defaults: driver => {
    driver.spec ??= {}
    driver.spec.attachRequired ??= true
    driver.spec.podInfoOnMount ??= false
    driver.spec.storageCapacity ??= false
    driver.spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType'
    driver.spec.requiresRepublish ??= false
    driver.spec.seLinuxMount ??= false
    if (!driver.spec.volumeLifecycleModes?.length) driver.spec.volumeLifecycleModes = ['Persistent']
  },
  strategy: { allowUnconditionalUpdate: false },
  tracksGeneration: true,
  columns: [
    nameColumn,
    { name: 'AttachRequired', type: 'boolean', value: ({ spec }) => spec.attachRequired ?? true },
    { name: 'PodInfoOnMount', type: 'boolean', value: ({ spec }) => spec.podInfoOnMount ?? false },
    { name: 'StorageCapacity', type: 'boolean', value: ({ spec }) => spec.storageCapacity ?? false },
    textColumn(
      'TokenRequests',
      ({ spec }) => (spec.tokenRequests ?? []).map(({ audience }) => audience).join(',') || '<unset>',
    ),
    { name: 'RequiresRepublish', type: 'boolean', value: ({ spec }) => spec.requiresRepublish ?? false },
    textColumn('Modes', ({ spec }) => (spec.volumeLifecycleModes ?? []).join(',') || '<none>'),
    ageColumn,
  ],
}
