// PersistentVolume: a piece of storage.

import type { V1PersistentVolume } from '@kubernetes/client-node'
import { type FieldError, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { optionalWord } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { accessModesText } from './access-modes.ts'

export type PersistentVolume = Kube<V1PersistentVolume>

const reclaimPolicies = ['Delete', 'Recycle', 'Retain']

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
  defaults: volume => {
    volume.status ??= {}
    volume.status.phase ??= 'Pending'
    volume.spec ??= {}
    volume.spec.persistentVolumeReclaimPolicy ||= 'Retain'
    volume.spec.volumeMode ??= 'Filesystem'
    if (volume.spec.hostPath) volume.spec.hostPath.type ??= ''
  },
  strategy: {
    prepareForCreate: volume => {
      volume.status = { phase: 'Pending' }
    },
    prepareForUpdate: (volume, old) => restoreMember(volume, old, 'status'),
    validate: validatePersistentVolume,
    returnsDeletedObject: true,
  },
  subresources: { status: statusSubresource() },
  columns: [
    nameColumn,
    textColumn('Capacity', ({ spec }) => spec?.capacity?.storage ?? ''),
    textColumn('Access Modes', ({ spec }) => accessModesText(spec?.accessModes)),
    textColumn('Reclaim Policy', ({ spec }) => spec?.persistentVolumeReclaimPolicy ?? ''),
    textColumn('Status', ({ metadata, status }) =>
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    textColumn('Claim', ({ spec }) => (spec?.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '')),
    textColumn('StorageClass', ({ spec }) => spec?.storageClassName ?? ''),
    textColumn('VolumeAttributesClass', ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>'),
    textColumn('Reason', ({ status }) => status?.reason ?? ''),
    ageColumn,
    textColumn('VolumeMode', ({ spec }) => spec?.volumeMode ?? '<unset>', 1),
  ],
}

function validatePersistentVolume({ spec = {} }: PersistentVolume): FieldError[] {
  return [
    ...(spec.accessModes?.length ? [] : [required('spec.accessModes')]),
    ...(Object.keys(spec.capacity ?? {}).length ? [] : [required('spec.capacity')]),
    ...optionalWord('spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, reclaimPolicies),
    ...optionalWord('spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem']),
  ]
}
