// ReplicaSet: so many pods of one template.

import type { V1ReplicaSet } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { formatLabelSelector } from '../../api/selectors.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, containerColumns, countColumn, nameColumn, textColumn } from '../columns.ts'
import { defaultPodTemplate } from '../core/pod-defaults.ts'
import { scaleSubresource } from '../scale-subresource.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import {
  selectorUnchanged,
  validateCounts,
  validateReplicaStatus,
  validateSelector,
  validateTemplate,
} from '../workload-validation.ts'

export type ReplicaSet = Kube<V1ReplicaSet>
type ReplicaSetSpec = NonNullable<ReplicaSet['spec']>

export const replicaSets: ResourceDefinition<ReplicaSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  scope: 'Namespaced',
  shortNames: ['rs'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V1ReplicaSet')
  },
  defaults: set => {
    set.spec ??= {} as ReplicaSetSpec
    set.spec.replicas ??= 1
    defaultPodTemplate(set.spec.template)
    set.status ??= { replicas: 0 }
  },
  strategy: {
    prepareForCreate: set => {
      set.status = { replicas: 0 }
    },
    prepareForUpdate: (set, old) => restoreMember(set, old, 'status'),
    validate: ({ spec }) =>
      spec
        ? [
            ...validateCounts({ ...spec }),
            ...validateSelector(spec.selector, 'empty selector is invalid for deployment'),
            ...validateTemplate(spec.template, { selector: spec.selector, kind: 'ReplicaSet' }),
          ]
        : [],
    validateUpdate: selectorUnchanged,
  },
  subresources: {
    status: statusSubresource({ validateUpdate: ({ status }) => validateReplicaStatus(status) }),
    scale: scaleSubresource(),
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    countColumn('Desired', ({ spec }) => spec?.replicas),
    countColumn('Current', ({ status }) => status?.replicas),
    countColumn('Ready', ({ status }) => status?.readyReplicas),
    ageColumn,
    ...containerColumns<ReplicaSet>(({ spec }) => spec?.template),
    textColumn('Selector', ({ spec }) => formatLabelSelector(spec?.selector), 1),
  ],
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
}
