// ResourceSlice: devices that a driver has to give, on one node or on several.

import type { V1ResourceSlice } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { keepTaintTimes, stampTaints } from './device-defaults.ts'
import { validateResourceSlice, validateResourceSliceUpdate } from './resource-slice-validation.ts'

export type ResourceSlice = Kube<V1ResourceSlice>

export const resourceSlices: ResourceDefinition<ResourceSlice> = {
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1ResourceSlice')
  },
  // What is a struct to Go is always there.
  defaults: slice => {
    slice.spec ??= {} as ResourceSlice['spec']
    slice.spec.pool ??= {} as ResourceSlice['spec']['pool']
  },
  strategy: {
    prepareForUpdate: keepTaintTimes,
    stamp: (slice, { nowMs }) => stampTaints(slice, nowMs),
    validate: validateResourceSlice,
    validateUpdate: validateResourceSliceUpdate,
    returnsDeletedObject: true,
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('Node', ({ spec }) => spec.nodeName ?? ''),
    textColumn('Driver', ({ spec }) => spec.driver),
    textColumn('Pool', ({ spec }) => spec.pool.name),
    ageColumn,
  ],
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.driver': ({ spec }) => spec.driver,
  },
}
