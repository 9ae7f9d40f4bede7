// VolumeAttachment: a volume is to be attached to a node. A storage driver does it and says so in the status.

import type { V1VolumeAttachment } from '@kubernetes/client-node'
import { type FieldError, fieldForbidden, invalid, required, tooLong } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable } from '../../api/validation.ts'
import { dnsSubdomain } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { validatePersistentVolumeSpec } from '../core/persistent-volume-validation.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { validateDriverName } from './csi-driver-name.ts'

export type VolumeAttachment = Kube<V1VolumeAttachment>
type Source = VolumeAttachment['spec']['source']
type Status = NonNullable<VolumeAttachment['status']>

const maxMetadataBytes = 256 * 1024
const maxMessageBytes = 1024

export const volumeAttachments: ResourceDefinition<VolumeAttachment> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1VolumeAttachment')
  },
  // What is a struct to Go is always there.
  defaults: attachment => {
    attachment.spec ??= {} as VolumeAttachment['spec']
    attachment.spec.source ??= {}
    attachment.status ??= { attached: false }
  },
  strategy: {
    prepareForCreate: attachment => {
      attachment.status = { attached: false }
    },
    prepareForUpdate: (attachment, old) => restoreMember(attachment, old, 'status'),
    validate: ({ spec }) => [
      ...sourceErrors(spec.source, 'spec.source'),
      ...dnsSubdomain('spec.nodeName', spec.nodeName),
      ...validateDriverName(spec.attacher, 'spec.attacher'),
    ],
    validateUpdate: ({ spec }, old) => immutable('spec', spec, old.spec),
    returnsDeletedObject: true,
    allowUnconditionalUpdate: false,
  },
  subresources: { status: statusSubresource({ validateUpdate: ({ status }) => (status ? statusErrors(status) : []) }) },
  columns: [
    nameColumn,
    textColumn('Attacher', ({ spec }) => spec.attacher),
    textColumn('PV', ({ spec }) => spec.source.persistentVolumeName ?? ''),
    textColumn('Node', ({ spec }) => spec.nodeName),
    { name: 'Attached', type: 'boolean', value: ({ status }) => status?.attached ?? false },
    ageColumn,
  ],
}

function sourceErrors({ inlineVolumeSpec, persistentVolumeName }: Source, field: string): FieldError[] {
  const oneOf = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'
  if (inlineVolumeSpec && persistentVolumeName !== undefined) return [fieldForbidden(field, oneOf)]
  if (inlineVolumeSpec) return validatePersistentVolumeSpec(inlineVolumeSpec, `${field}.inlineVolumeSpec`, true)
  if (persistentVolumeName === undefined) return [required(field, oneOf)]
  const at = `${field}.persistentVolumeName`
  return [
    ...(persistentVolumeName ? [] : [required(at, 'must specify non empty persistentVolumeName')]),
    ...dnsSubdomain(at, persistentVolumeName),
  ]
}

function statusErrors({ attachmentMetadata = {}, attachError, detachError }: Status): FieldError[] {
  const size = Object.entries(attachmentMetadata).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  )
  return [
    ...(size > maxMetadataBytes ? [tooLong('status.attachmentMetadata', maxMetadataBytes)] : []),
    ...volumeError(attachError, 'status.attachError'),
    ...volumeError(detachError, 'status.detachError'),
  ]
}

function volumeError(error: Status['attachError'], field: string): FieldError[] {
  const { message = '', errorCode = 0 } = error ?? {}
  return [
    // Upstream names the limit of the metadata here.
    ...(Buffer.byteLength(message) > maxMessageBytes ? [tooLong(`${field}.message`, maxMetadataBytes)] : []),
    ...(errorCode < 0 ? [invalid(`${field}.errorCode`, errorCode, 'must be between 0 and 2147483647, inclusive')] : []),
  ]
}
