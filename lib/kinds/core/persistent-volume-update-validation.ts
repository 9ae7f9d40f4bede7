// What an update of a persistent volume may not change: where it is kept, how it is mounted, which nodes reach it.

import { type FieldError, fieldForbidden } from '../../api/field-errors.ts'
import { immutable } from '../../api/validation.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { jsonDiff } from '../../util/unified-diff.ts'
import { goStruct } from './go-struct.ts'
import type { PersistentVolume } from './persistent-volume.ts'
import { volumeSources } from './persistent-volume-source-validation.ts'
import type { PersistentVolumeSpec } from './persistent-volume-validation.ts'

export function validatePersistentVolumeUpdate(volume: PersistentVolume, old: PersistentVolume): FieldError[] {
  const spec = volume.spec ?? {}
  const before = old.spec ?? {}
  return [
    ...sourceUnchanged(withoutNewExpandSecret(spec, before), before),
    ...immutable('volumeMode', spec.volumeMode, before.volumeMode),
    ...(before.nodeAffinity ? immutable('nodeAffinity', spec.nodeAffinity, before.nodeAffinity) : []),
    ...(before.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined
      ? [fieldForbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden')]
      : []),
  ]
}

function sourceUnchanged(spec: PersistentVolumeSpec, old: PersistentVolumeSpec): FieldError[] {
  if (volumeSources.every(name => jsonEqual(spec[name] ?? null, old[name] ?? null))) return []
  const diff = jsonDiff(sourceStruct(old), sourceStruct(spec))
  const text = `spec.persistentvolumesource is immutable after creation\n${diff}`
  return [fieldForbidden('spec.persistentvolumesource', text)]
}

/** A secret for expanding may be named where there was none. */
function withoutNewExpandSecret(spec: PersistentVolumeSpec, old: PersistentVolumeSpec): PersistentVolumeSpec {
  if (!spec.csi?.controllerExpandSecretRef || !old.csi || old.csi.controllerExpandSecretRef) return spec
  const { controllerExpandSecretRef: _, ...csi } = spec.csi
  return { ...spec, csi }
}

const sourceStruct = (spec: PersistentVolumeSpec) => goStruct(spec, structMembers)

const structMembers = [
  'GCEPersistentDisk',
  'AWSElasticBlockStore',
  'HostPath',
  'Glusterfs',
  'NFS',
  'RBD',
  'Quobyte',
  'ISCSI',
  'FlexVolume',
  'Cinder',
  'CephFS',
  'FC',
  'Flocker',
  'AzureFile',
  'VsphereVolume',
  'AzureDisk',
  'PhotonPersistentDisk',
  'PortworxVolume',
  'ScaleIO',
  'Local',
  'StorageOS',
  'CSI',
]
