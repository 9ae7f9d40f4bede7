// What must hold for the volumes and devices a container mounts.

import { type FieldError, fieldForbidden, fieldNotFound, invalid, required } from '../../api/field-errors.ts'
import { eachItem, optionalWord, requiredText } from '../../api/validation-rules.ts'
import { descendingPath, noBacksteps } from './local-path-validation.ts'
import type { Container, PodSpec } from './pod-types.ts'

type Mount = NonNullable<Container['volumeMounts']>[number]

export function validateVolumeMounts(container: Container, spec: PodSpec, field: string): FieldError[] {
  const { volumeMounts: mounts = [], volumeDevices: devices = [] } = container
  return eachItem(mounts, field, (mount, at, i) => [
    ...mountTarget(mount, mounts.slice(0, i), spec, at),
    ...(devices.some(({ name }) => name === mount.name)
      ? [invalid(`${at}.name`, mount.name, 'must not already exist in volumeDevices')]
      : []),
    ...(devices.some(({ devicePath }) => devicePath === mount.mountPath)
      ? [invalid(`${at}.mountPath`, mount.mountPath, 'must not already exist as a path in volumeDevices')]
      : []),
    ...subPaths(mount, at, field),
    ...propagation(mount, container, `${field}.mountPropagation`),
    ...recursiveReadOnly(mount, `${field}.recursiveReadOnly`),
  ])
}

function mountTarget({ name, mountPath }: Mount, before: Mount[], { volumes = [] }: PodSpec, field: string) {
  const isTaken = before.some(other => other.mountPath === mountPath)
  return [
    ...requiredText(`${field}.name`, name),
    ...(volumes.some(volume => volume.name === name) ? [] : [fieldNotFound(`${field}.name`, name)]),
    ...requiredText(`${field}.mountPath`, mountPath),
    ...(isTaken ? [invalid(`${field}.mountPath`, mountPath, 'must be unique')] : []),
  ]
}

function subPaths({ subPath, subPathExpr }: Mount, field: string, list: string): FieldError[] {
  return [
    ...(subPath ? descendingPath(`${list}.subPath`, subPath) : []),
    ...(subPath && subPathExpr
      ? [invalid(`${field}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive')]
      : []),
    ...(subPathExpr ? descendingPath(`${list}.subPathExpr`, subPathExpr) : []),
  ]
}

function propagation({ mountPropagation: mode }: Mount, { securityContext }: Container, field: string): FieldError[] {
  const errors = optionalWord(field, mode, ['Bidirectional', 'HostToContainer', 'None'])
  if (mode === 'Bidirectional' && !securityContext?.privileged) {
    errors.push(fieldForbidden(field, 'Bidirectional mount propagation is available only to privileged containers'))
  }
  return errors
}

function recursiveReadOnly(
  { recursiveReadOnly: mode, readOnly, mountPropagation }: Mount,
  field: string,
): FieldError[] {
  const errors = optionalWord(field, mode, ['Disabled', 'Enabled', 'IfPossible'])
  if (mode !== 'Enabled' && mode !== 'IfPossible') return errors
  if (!readOnly) errors.push(fieldForbidden(field, 'may only be specified when readOnly is true'))
  if (mountPropagation && mountPropagation !== 'None') {
    errors.push(fieldForbidden(field, 'may only be specified when mountPropagation is None or not specified'))
  }
  return errors
}

export function validateVolumeDevices(container: Container, spec: PodSpec, field: string): FieldError[] {
  const { volumeMounts: mounts = [], volumeDevices: devices = [] } = container
  return eachItem(devices, field, ({ name, devicePath }, at, i) => {
    const before = devices.slice(0, i)
    const volume = spec.volumes?.find(other => other.name === name)
    return [
      ...requiredText(`${at}.name`, name),
      ...(before.some(other => other.name === name) ? [invalid(`${at}.name`, name, 'must be unique')] : []),
      ...blockVolume(volume, name, at),
      ...(devicePath ? [] : [required(`${at}.devicePath`)]),
      ...(before.some(other => other.devicePath === devicePath)
        ? [invalid(`${at}.devicePath`, devicePath, 'must be unique')]
        : []),
      ...(noBacksteps(at, devicePath).length > 0
        ? [invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')")]
        : []),
      ...(mounts.some(mount => mount.name === name)
        ? [invalid(`${at}.name`, name, 'must not already exist in volumeMounts')]
        : []),
      ...(mounts.some(({ mountPath }) => mountPath === devicePath)
        ? [invalid(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts')]
        : []),
    ]
  })
}

function blockVolume(volume: NonNullable<PodSpec['volumes']>[number] | undefined, name: string, field: string) {
  if (!volume) return [fieldNotFound(`${field}.name`, name)]
  if (volume.persistentVolumeClaim || volume.ephemeral) return []
  const text = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'
  return [invalid(`${field}.name`, name, text)]
}
