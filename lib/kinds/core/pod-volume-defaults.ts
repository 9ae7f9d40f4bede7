// The defaults of volumes, one line a volume type.

import { defaultPullPolicy } from './image-name.ts'
import type { Volume } from './pod-types.ts'

/** 0644. */
const defaultFileMode = 0o644

export function defaultVolume(volume: Volume): void {
  if (Object.entries(volume).every(([key, value]) => key === 'name' || value === undefined)) volume.emptyDir = {}
  if (volume.secret) volume.secret.defaultMode ??= defaultFileMode
  if (volume.configMap) volume.configMap.defaultMode ??= defaultFileMode
  if (volume.hostPath) volume.hostPath.type ??= ''
  if (volume.iscsi) volume.iscsi.iscsiInterface ||= 'default'
  if (volume.image) volume.image.pullPolicy ||= defaultPullPolicy(volume.image.reference)
  if (volume.ephemeral?.volumeClaimTemplate) volume.ephemeral.volumeClaimTemplate.spec.volumeMode ??= 'Filesystem'
  defaultDownwardApi(volume.downwardAPI)
  defaultProjected(volume.projected)
  defaultRbd(volume.rbd)
  defaultAzureDisk(volume.azureDisk)
  defaultScaleIo(volume.scaleIO)
}

function defaultDownwardApi(source: Volume['downwardAPI']): void {
  if (!source) return
  source.defaultMode ??= defaultFileMode
  defaultDownwardFiles(source.items)
}

function defaultDownwardFiles(files: NonNullable<Volume['downwardAPI']>['items']): void {
  for (const file of files ?? []) {
    if (file.fieldRef) file.fieldRef.apiVersion ||= 'v1'
    if (file.resourceFieldRef) file.resourceFieldRef.divisor ??= '0'
  }
}

function defaultProjected(source: Volume['projected']): void {
  if (!source) return
  source.defaultMode ??= defaultFileMode
  for (const { serviceAccountToken, downwardAPI } of source.sources ?? []) {
    if (serviceAccountToken) serviceAccountToken.expirationSeconds ??= 3600
    defaultDownwardFiles(downwardAPI?.items)
  }
}

function defaultRbd(source: Volume['rbd']): void {
  if (!source) return
  source.pool ||= 'rbd'
  source.user ||= 'admin'
  source.keyring ||= '/etc/ceph/keyring'
}

function defaultAzureDisk(source: Volume['azureDisk']): void {
  if (!source) return
  source.cachingMode ??= 'ReadWrite'
  source.kind ??= 'Shared'
  source.fsType ??= 'ext4'
  source.readOnly ??= false
}

function defaultScaleIo(source: Volume['scaleIO']): void {
  if (!source) return
  source.storageMode ||= 'ThinProvisioned'
  source.fsType ||= 'xfs'
}
