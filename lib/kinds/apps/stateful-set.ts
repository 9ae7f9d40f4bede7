// StatefulSet: pods with names, order and volumes of their own.

import type { V1StatefulSet } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, containerColumns, nameColumn, textColumn } from '../columns.ts'
import { defaultPodTemplate } from '../core/pod-defaults.ts'
import { fractionalBytes } from '../core/pod-warnings-containers.ts'
import { scaleSubresource } from '../scale-subresource.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { dropDisabledTemplateFields, templateWarnings } from '../workload-template.ts'
import {
  validateNewStatefulSet,
  validateStatefulSetStatus,
  validateStatefulSetUpdate,
} from './stateful-set-validation.ts'

export type StatefulSet = Kube<V1StatefulSet>
export type StatefulSetSpec = NonNullable<StatefulSet['spec']>

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
    set.status.availableReplicas ??= 0
  },
  strategy: {
    prepareForCreate: set => {
      set.status = { replicas: 0, availableReplicas: 0 }
      dropDisabledFields(set)
    },
    prepareForUpdate: (set, old) => {
      restoreMember(set, old, 'status')
      dropDisabledFields(set, old)
    },
    nameRule: 'dns-label',
    validateCreate: validateNewStatefulSet,
    validateUpdate: validateStatefulSetUpdate,
    warnings: statefulSetWarnings,
  },
  subresources: {
    status: statusSubresource({ validateUpdate: validateStatefulSetStatus }),
    scale: scaleSubresource(),
  },
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
  if (!spec.updateStrategy.type) {
    spec.updateStrategy.type = 'RollingUpdate'
    spec.updateStrategy.rollingUpdate ??= {}
  }
  const { type, rollingUpdate } = spec.updateStrategy
  if (type === 'RollingUpdate' && rollingUpdate) rollingUpdate.partition ??= 0
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

/** How many pods may be gone at once is a feature that upstream has turned off. */
function dropDisabledFields(set: StatefulSet, old?: StatefulSet): void {
  dropDisabledTemplateFields(set, old)
  const isUsed = old?.spec?.updateStrategy?.rollingUpdate?.maxUnavailable !== undefined
  if (!isUsed) delete set.spec?.updateStrategy?.rollingUpdate?.maxUnavailable
}

function statefulSetWarnings(set: StatefulSet, old?: StatefulSet): string[] {
  const { volumeClaimTemplates = [], revisionHistoryLimit = 0 } = set.spec ?? {}
  const isChanged = !old || old.metadata.generation !== set.metadata.generation
  const text =
    'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended'
  const requests = (i: number) => `spec.volumeClaimTemplates[${i}].resources.requests`
  return [
    ...templateWarnings(set, old),
    ...(isChanged
      ? volumeClaimTemplates.flatMap(({ spec }, i) =>
          fractionalBytes(spec?.resources?.requests, 'storage', requests(i)),
        )
      : []),
    ...(revisionHistoryLimit < 0 ? [text] : []),
  ]
}
