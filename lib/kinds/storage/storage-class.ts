// StorageClass: a kind of storage, and who makes volumes of it.

import type { V1StorageClass } from '@kubernetes/client-node'
import { type FieldError, fieldForbidden, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable } from '../../api/validation.ts'
import { optionalWord, qualifiedName } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'

export type StorageClass = Kube<V1StorageClass>

export const storageClasses: ResourceDefinition<StorageClass> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  scope: 'Cluster',
  shortNames: ['sc'],
  get schema() {
    return builtinSchema('V1StorageClass')
  },
  defaults: storage => {
    storage.reclaimPolicy ??= 'Delete'
    storage.volumeBindingMode ??= 'Immediate'
  },
  strategy: {
    validate: validateStorageClass,
    validateUpdate: (storage, old) => [
      ...immutable('provisioner', storage.provisioner, old.provisioner),
      ...immutable('reclaimPolicy', storage.reclaimPolicy, old.reclaimPolicy),
      ...immutable('volumeBindingMode', storage.volumeBindingMode, old.volumeBindingMode),
      ...(jsonEqual(storage.parameters ?? {}, old.parameters ?? {})
        ? []
        : [fieldForbidden('parameters', 'updates to parameters are forbidden.')]),
    ],
  },
  columns: [
    {
      ...nameColumn,
      value: ({ metadata }) =>
        `${metadata.name}${metadata.annotations?.[defaultAnnotation] === 'true' ? ' (default)' : ''}`,
    },
    textColumn('Provisioner', ({ provisioner }) => provisioner),
    textColumn('ReclaimPolicy', ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete'),
    textColumn('VolumeBindingMode', ({ volumeBindingMode }) => volumeBindingMode ?? '<unset>'),
    {
      name: 'AllowVolumeExpansion',
      type: 'string',
      value: ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false,
    },
    ageColumn,
  ],
}

const defaultAnnotation = 'storageclass.kubernetes.io/is-default-class'

function validateStorageClass({ provisioner, reclaimPolicy, volumeBindingMode }: StorageClass): FieldError[] {
  return [
    ...(provisioner ? qualifiedName('provisioner', provisioner.toLowerCase()) : [required('provisioner')]),
    ...optionalWord('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']),
    ...optionalWord('volumeBindingMode', volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
  ]
}
