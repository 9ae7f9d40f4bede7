// PersistentVolumeClaim: what a pod asks of storage.

import type { V1PersistentVolumeClaim } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { accessModesText } from './access-modes.ts'
import { validateClaimSpec, validateClaimStatus, validateClaimUpdate } from './persistent-volume-claim-validation.ts'
import { claimWarnings } from './volume-warnings.ts'

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
      pairDataSources(claim)
    },
    prepareForUpdate: (claim, old) => {
      restoreMember(claim, old, 'status')
      pairDataSources(claim)
    },
    validate: ({ spec }) => validateClaimSpec(spec ?? {}, 'spec'),
    validateUpdate: validateClaimUpdate,
    warnings: claimWarnings,
    returnsDeletedObject: true,
  },
  subresources: { status: statusSubresource({ validateUpdate: validateClaimStatus }) },
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

/** `dataSource` and `dataSourceRef` say the same, unless the source is in another namespace. */
function pairDataSources({ spec }: PersistentVolumeClaim): void {
  if (!spec) return
  const { dataSource, dataSourceRef } = spec
  if (dataSource && !dataSourceRef) spec.dataSourceRef = { ...dataSource }
  else if (dataSourceRef && !dataSource && !dataSourceRef.namespace) {
    const { apiGroup, kind, name } = dataSourceRef
    spec.dataSource = { ...(apiGroup === undefined ? {} : { apiGroup }), kind, name }
  }
}
