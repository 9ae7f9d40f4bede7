// PersistentVolume: a piece of storage.

import type { V1PersistentVolume } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition, Writer } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { rfc3339 } from '../../util/clock.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { accessModesText } from './access-modes.ts'
import { validatePersistentVolumeUpdate } from './persistent-volume-update-validation.ts'
import { validatePersistentVolume } from './persistent-volume-validation.ts'
import { volumeWarnings } from './volume-warnings.ts'

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
  defaults: volume => {
    volume.status ??= {}
    volume.status.phase ??= 'Pending'
    volume.spec ??= {}
    volume.spec.persistentVolumeReclaimPolicy ||= 'Retain'
    volume.spec.volumeMode ??= 'Filesystem'
    defaultVolumeSource(volume.spec)
  },
  strategy: {
    prepareForCreate: volume => {
      volume.status = { phase: 'Pending' }
    },
    prepareForUpdate: (volume, old) => restoreMember(volume, old, 'status'),
    stamp: (volume, { nowMs }) => {
      volume.status = { ...volume.status, lastPhaseTransitionTime: rfc3339(nowMs) }
    },
    validate: validatePersistentVolume,
    validateUpdate: validatePersistentVolumeUpdate,
    warnings: volumeWarnings,
    returnsDeletedObject: true,
  },
  subresources: { status: { ...statusSubresource<PersistentVolume>(), stamp: stampPhase } },
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

/** When the phase became what it is, unless the writer says it. */
function stampPhase(
  { status = {} }: PersistentVolume,
  { status: old = {} }: PersistentVolume,
  { nowMs }: Writer,
): void {
  const isSaid = status.lastPhaseTransitionTime && status.lastPhaseTransitionTime !== old.lastPhaseTransitionTime
  if (status.phase !== old.phase && !isSaid) status.lastPhaseTransitionTime = rfc3339(nowMs)
}

function defaultVolumeSource({
  hostPath,
  iscsi,
  rbd,
  azureDisk,
  scaleIO,
}: NonNullable<PersistentVolume['spec']>): void {
  if (hostPath) hostPath.type ??= ''
  if (iscsi) iscsi.iscsiInterface ||= 'default'
  if (rbd) {
    rbd.pool ||= 'rbd'
    rbd.user ||= 'admin'
    rbd.keyring ||= '/etc/ceph/keyring'
  }
  if (azureDisk) {
    azureDisk.cachingMode ??= 'ReadWrite'
    azureDisk.kind ??= 'Shared'
    azureDisk.fsType ??= 'ext4'
    azureDisk.readOnly ??= false
  }
  if (scaleIO) {
    scaleIO.storageMode ||= 'ThinProvisioned'
    scaleIO.fsType ||= 'xfs'
  }
}
