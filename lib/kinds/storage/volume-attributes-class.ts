// VolumeAttributesClass: properties of a volume that may be changed while it lives.

import type { V1VolumeAttributesClass } from '@kubernetes/client-node'
import { required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { unchanged, validateParameters, validateProvisioner } from './class-parameters.ts'

export type VolumeAttributesClass = Kube<V1VolumeAttributesClass>

export const volumeAttributesClasses: ResourceDefinition<VolumeAttributesClass> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  scope: 'Cluster',
  shortNames: ['vac'],
  get schema() {
    return builtinSchema('V1VolumeAttributesClass')
  },
  strategy: {
    validate: ({ driverName, parameters }) => [
      ...validateProvisioner(driverName, 'driverName'),
      ...validateParameters(parameters),
      ...(Object.keys(parameters ?? {}).length > 0
        ? []
        : [required('parameters', 'must contain at least one key/value pair')]),
    ],
    validateUpdate: (attributes, old) => unchanged(attributes, old, ['driverName', 'parameters']),
    returnsDeletedObject: true,
  },
  columns: [nameColumn, textColumn('DriverName', ({ driverName }) => driverName), ageColumn],
}
