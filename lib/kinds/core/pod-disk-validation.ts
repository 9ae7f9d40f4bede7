// What must hold for the disks of a pod's volumes that have rules of their own there. The others are those of
// persistent volumes.

import { type FieldError, invalid, notSupported, required } from '../../api/field-errors.ts'
import { dnsLabel, dnsSubdomain, inRange, requiredText } from '../../api/validation-rules.ts'
import { validateDriverName } from '../storage/csi-driver-name.ts'
import { descendingPath } from './local-path-validation.ts'
import { validateVolumeSource, volumeSources } from './persistent-volume-source-validation.ts'
import type { Volume } from './pod-types.ts'

type Check = (volume: Volume, field: string) => FieldError[]

const ofPersistentVolumes = volumeSources.filter(name => name !== 'local' && name !== 'csi' && name !== 'hostPath')

function asPersistent(name: (typeof ofPersistentVolumes)[number]): Check {
  return (volume, field) => {
    const source = { [name]: volume[name] } as Parameters<typeof validateVolumeSource>[0]
    return validateVolumeSource(source, field.slice(0, -name.length - 1))
  }
}

const maxLun = 255
const maxNameLength = 64

export const diskChecks: Partial<Record<keyof Volume, Check>> = {
  ...Object.fromEntries(ofPersistentVolumes.map(name => [name, asPersistent(name)])),
  gitRepo: ({ gitRepo }, field) => [
    ...requiredText(`${field}.repository`, gitRepo?.repository),
    ...descendingPath(`${field}.directory`, gitRepo?.directory ?? ''),
  ],
  iscsi: iscsiErrors,
  cinder: ({ cinder }, field) => [
    ...requiredText(`${field}.volumeID`, cinder?.volumeID),
    ...(cinder?.secretRef ? requiredText(`${field}.secretRef.name`, cinder.secretRef.name) : []),
  ],
  storageos: ({ storageos: { volumeName, volumeNamespace, secretRef } = {} }, field) => [
    ...(volumeName ? dnsLabel(`${field}.volumeName`, volumeName) : [required(`${field}.volumeName`)]),
    ...(volumeNamespace ? dnsLabel(`${field}.volumeNamespace`, volumeNamespace) : []),
    ...(secretRef ? requiredText(`${field}.secretRef.name`, secretRef.name) : []),
  ],
  azureDisk: (volume, field) => [...asPersistent('azureDisk')(volume, field), ...diskUri(volume, field)],
  csi: ({ csi }, field) => {
    const secret = csi?.nodePublishSecretRef
    return [
      ...validateDriverName(csi?.driver, `${field}.driver`),
      ...(secret && !secret.name ? [required(`${field}.nodePublishSecretRef.name`)] : []),
      ...(secret?.name ? dnsSubdomain(`${field}.name`, secret.name) : []),
    ]
  },
}

function diskUri({ azureDisk }: Volume, field: string): FieldError[] {
  const { kind, diskURI = '' } = azureDisk ?? {}
  if (kind === undefined) return []
  const isManaged = kind === 'Managed'
  if (diskURI.startsWith(isManaged ? '/subscriptions/' : 'https://')) return []
  const form = isManaged
    ? '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
    : 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'
  return [notSupported(`${field}.diskURI`, diskURI, [form])]
}

function iscsiErrors({ iscsi, name }: Volume, field: string): FieldError[] {
  const { targetPortal = '', iqn = '', lun, initiatorName } = iscsi ?? {}
  const needsSecret = (iscsi?.chapAuthDiscovery || iscsi?.chapAuthSession) && !iscsi.secretRef
  const isTooLong = initiatorName !== undefined && `${name}:${targetPortal}`.length > maxNameLength
  const tooLong =
    'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'
  return [
    ...requiredText(`${field}.targetPortal`, targetPortal),
    ...(iqn ? qualified(`${field}.iqn`, iqn) : [required(`${field}.iqn`)]),
    ...inRange(`${field}.lun`, lun, 0, maxLun),
    ...(needsSecret ? [required(`${field}.secretRef`)] : []),
    ...(initiatorName === undefined ? [] : qualified(`${field}.initiatorname`, initiatorName)),
    ...(isTooLong ? [invalid(field.replace(/iscsi$/, 'name'), name, tooLong)] : []),
  ]
}

const qualifiedNames: Record<string, RegExp> = {
  iqn: /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9\-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[a-zA-Z0-9]{16}$/,
  naa: /^naa.[a-zA-Z0-9]{32}$/,
}

function qualified(field: string, name: string): FieldError[] {
  const form = qualifiedNames[name.slice(0, 3)]
  if (!form) return [invalid(field, name, 'must be valid format starting with iqn, eui, or naa')]
  return form.test(name) ? [] : [invalid(field, name, 'must be valid format')]
}
