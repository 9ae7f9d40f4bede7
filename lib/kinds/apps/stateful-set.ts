// StatefulSet: pods with names, order and volumes of their own.

import type { V1StatefulSet } from '@kubernetes/client-node'
import { type FieldError, fieldForbidden, notSupported, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { nonNegative } from '../../api/validation.ts'
import { requiredWord } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { ageColumn, containerColumns, nameColumn, textColumn } from '../columns.ts'
import { defaultPodTemplate } from '../core/pod-defaults.ts'
import { scaleSubresource } from '../scale-subresource.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { validateCounts, validateSelector, validateTemplate } from '../workload-validation.ts'

export type StatefulSet = Kube<V1StatefulSet>
type StatefulSetSpec = NonNullable<StatefulSet['spec']>

export const statefulSets: ResourceDefinition<StatefulSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  scope: 'Namespaced',
  shortNames: ['sts'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V1StatefulSet')
  },
  defaults: set => {
    set.spec ??= {} as StatefulSetSpec
    defaultSpec(set.spec)
    set.status ??= { replicas: 0 }
  },
  strategy: {
    prepareForCreate: set => {
      set.status = { replicas: 0 }
    },
    prepareForUpdate: (set, old) => restoreMember(set, old, 'status'),
    validate: validateStatefulSet,
    validateUpdate: onlyFreeFields,
  },
  subresources: { status: statusSubresource(), scale: scaleSubresource() },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
    ageColumn,
    ...containerColumns<StatefulSet>(({ spec }) => spec?.template),
  ],
}

function defaultSpec(spec: StatefulSetSpec): void {
  spec.podManagementPolicy ||= 'OrderedReady'
  spec.updateStrategy ??= {}
  spec.updateStrategy.type ||= 'RollingUpdate'
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {}
    spec.updateStrategy.rollingUpdate.partition ??= 0
  }
  spec.persistentVolumeClaimRetentionPolicy ??= {}
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain'
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain'
  spec.replicas ??= 1
  spec.revisionHistoryLimit ??= 10
  defaultPodTemplate(spec.template)
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion = 'v1'
    claim.kind = 'PersistentVolumeClaim'
    claim.spec ??= {}
    claim.spec.volumeMode ??= 'Filesystem'
    claim.status ??= { phase: 'Pending' }
  }
}

function validateStatefulSet({ spec }: StatefulSet): FieldError[] {
  if (!spec) return []
  return [
    ...requiredWord('spec.podManagementPolicy', spec.podManagementPolicy, ['OrderedReady', 'Parallel']),
    ...updateStrategy(spec),
    ...validateCounts(spec),
    ...validateSelector(spec.selector, 'empty selector is invalid for statefulset'),
    ...validateTemplate(spec.template, { selector: spec.selector, kind: 'StatefulSet' }),
  ]
}

function updateStrategy({ updateStrategy: strategy = {} }: StatefulSetSpec): FieldError[] {
  const { type, rollingUpdate } = strategy
  const field = 'spec.updateStrategy'
  if (!type) return [required(field)]
  if (type !== 'OnDelete' && type !== 'RollingUpdate') {
    return [notSupported(field, strategy, ['RollingUpdate', 'OnDelete'])]
  }
  if (type === 'RollingUpdate') return nonNegative(`${field}.rollingUpdate.partition`, rollingUpdate?.partition)
  const text = "only allowed for updateStrategy 'RollingUpdate'"
  return rollingUpdate ? [fieldForbidden(`${field}.rollingUpdate`, text)] : []
}

const free = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]

function onlyFreeFields({ spec = {} as StatefulSetSpec }: StatefulSet, { spec: old }: StatefulSet): FieldError[] {
  const fixed = (from: StatefulSetSpec | undefined) =>
    Object.fromEntries(Object.entries(from ?? {}).filter(([name]) => !free.includes(name)))
  if (jsonEqual(fixed(spec), fixed(old))) return []
  const names = free.map(name => `'${name}'`)
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  return [fieldForbidden('spec', `updates to statefulset spec for fields other than ${list} are forbidden`)]
}
