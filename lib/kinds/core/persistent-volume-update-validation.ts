// What an update of a persistent volume may not change: where it is kept, how it is mounted, which nodes reach it.

import { type FieldError, fieldForbidden, invalid } from '../../api/field-errors.ts'
import { immutable } from '../../api/validation.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { jsonDiff } from '../../util/unified-diff.ts'
import { goStruct } from './go-struct.ts'
import type { PersistentVolume } from './persistent-volume.ts'
import { volumeSources } from './persistent-volume-source-validation.ts'
import type { PersistentVolumeSpec } from './persistent-volume-validation.ts'
import { newLabelName } from './volume-warnings.ts'

export function validatePersistentVolumeUpdate(volume: PersistentVolume, old: PersistentVolume): FieldError[] {
  const spec = volume.spec ?? {}
  const before = old.spec ?? {}
  return [
    ...sourceUnchanged(withoutNewExpandSecret(spec, before), before),
    ...immutable('volumeMode', spec.volumeMode, before.volumeMode),
    ...(before.nodeAffinity ? affinityKept(spec.nodeAffinity, before.nodeAffinity) : []),
    ...(before.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined
      ? [fieldForbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden')]
      : []),
  ]
}

type NodeAffinity = NonNullable<PersistentVolumeSpec['nodeAffinity']>

/** A label may get the name that it has by now. */
function affinityKept(affinity: NodeAffinity | undefined, old: NodeAffinity): FieldError[] {
  const terms = affinity?.required?.nodeSelectorTerms ?? []
  const renamed = structuredClone(old)
  for (const [i, term] of (renamed.required?.nodeSelectorTerms ?? []).entries()) {
    for (const [j, expression] of (term.matchExpressions ?? []).entries()) {
      const key = terms[i]?.matchExpressions?.[j]?.key
      if (key && key === newLabelName(expression.key)) expression.key = key
    }
  }
  if (jsonEqual(affinity ?? null, renamed)) return []
  return [invalid('nodeAffinity', affinity, 'field is immutable, except for updating from beta label to GA')]
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
