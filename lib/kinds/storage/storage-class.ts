// StorageClass: a kind of storage, and who makes volumes of it.

import type { V1StorageClass } from '@kubernetes/client-node'
import { duplicate, type FieldError, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable } from '../../api/validation.ts'
import { eachItem, optionalWord, qualifiedName } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { nodeLabelWarning } from '../core/volume-warnings.ts'
import { unchanged, validateParameters, validateProvisioner } from './class-parameters.ts'

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
      ...unchanged(storage, old, ['parameters', 'provisioner', 'reclaimPolicy']),
      ...immutable('volumeBindingMode', storage.volumeBindingMode, old.volumeBindingMode),
    ],
    warnings: labelWarnings,
    returnsDeletedObject: true,
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

type TopologyTerm = NonNullable<StorageClass['allowedTopologies']>[number]

function validateStorageClass(storage: StorageClass): FieldError[] {
  const { provisioner, parameters, reclaimPolicy, volumeBindingMode, allowedTopologies: terms = [] } = storage
  const seen: string[] = []
  return [
    ...validateProvisioner(provisioner, 'provisioner'),
    ...validateParameters(parameters),
    ...(reclaimPolicy ? optionalWord('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']) : []),
    ...optionalWord('volumeBindingMode', volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
    ...eachItem(terms, 'allowedTopologies', (term, at) => {
      const errors = topologyErrors(term, at)
      const text = topologyText(term)
      if (seen.includes(text)) errors.push(duplicate(`${at}.matchLabelExpressions`, ''))
      seen.push(text)
      return errors
    }),
  ]
}

function topologyErrors({ matchLabelExpressions: expressions = [] }: TopologyTerm, field: string): FieldError[] {
  const at = `${field}.matchLabelExpressions`
  return eachItem(expressions, at, ({ key, values = [] }, path, i) => [
    ...(values.length === 0 ? [required(`${path}.values`)] : []),
    ...eachItem(values, `${path}.values`, (value, where, j) =>
      values.indexOf(value) < j ? [duplicate(where, value)] : [],
    ),
    ...qualifiedName(`${path}.key`, key),
    ...(expressions.slice(0, i).some(other => other.key === key) ? [duplicate(`${path}.key`, key)] : []),
  ])
}

/** The same for terms that mean the same. */
function topologyText({ matchLabelExpressions = [] }: TopologyTerm): string {
  const pairs = matchLabelExpressions.map(({ key, values }) => `${key}=${[...(values ?? [])].sort().join(',')}`)
  return pairs.sort().join(';')
}

function labelWarnings({ allowedTopologies = [] }: StorageClass): string[] {
  return allowedTopologies.flatMap(({ matchLabelExpressions = [] }, i) =>
    matchLabelExpressions.flatMap(({ key }, j) => {
      const warning = nodeLabelWarning(key, `allowedTopologies[${i}].matchLabelExpressions[${j}].key`)
      return warning ? [warning] : []
    }),
  )
}
