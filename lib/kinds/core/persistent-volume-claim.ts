// PersistentVolumeClaim: what a pod asks of storage.

import type { V1PersistentVolumeClaim } from '@kubernetes/client-node'
import { type FieldError, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { eachItem, optionalWord, requiredWord } from '../../api/validation-rules.ts'
import { validateLabelSelector } from '../../api/validation-selectors.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { accessModes, accessModesText } from './access-modes.ts'

export type PersistentVolumeClaim = Kube<V1PersistentVolumeClaim>

export const persistentVolumeClaims: ResourceDefinition<PersistentVolumeClaim> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  scope: 'Namespaced',
  shortNames: ['pvc'],
  get schema() {
    return builtinSchema('V1PersistentVolumeClaim')
  },
  defaults: claim => {
    claim.status ??= {}
    claim.status.phase ??= 'Pending'
    claim.spec ??= {}
    claim.spec.volumeMode ??= 'Filesystem'
    claim.spec.resources ??= {}
  },
  strategy: {
    prepareForCreate: claim => {
      claim.status = { phase: 'Pending' }
    },
    prepareForUpdate: (claim, old) => restoreMember(claim, old, 'status'),
    validate: validateClaim,
    returnsDeletedObject: true,
  },
  subresources: { status: statusSubresource() },
  columns: [
    nameColumn,
    textColumn('Status', ({ metadata, status }) =>
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    textColumn('Volume', ({ spec }) => spec?.volumeName ?? ''),
    textColumn('Capacity', ({ spec, status }) => (spec?.volumeName ? (status?.capacity?.storage ?? '0') : '')),
    textColumn('Access Modes', ({ spec, status }) => (spec?.volumeName ? accessModesText(status?.accessModes) : '')),
    textColumn('StorageClass', ({ spec }) => spec?.storageClassName ?? ''),
    textColumn('VolumeAttributesClass', ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>'),
    ageColumn,
    textColumn('VolumeMode', ({ spec }) => spec?.volumeMode ?? '<unset>', 1),
  ],
}

function validateClaim({ spec = {} }: PersistentVolumeClaim): FieldError[] {
  const modes = spec.accessModes ?? []
  const storage = spec.resources?.requests?.storage
  return [
    ...(modes.length === 0 ? [required('spec.accessModes', 'at least 1 access mode is required')] : []),
    ...validateLabelSelector(spec.selector, 'spec.selector'),
    ...eachItem(modes, 'spec.accessModes', (mode, at) => requiredWord(at, mode, accessModes)),
    ...(storage === undefined ? [required('spec.resources[storage]')] : []),
    ...optionalWord('spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem']),
  ]
}
