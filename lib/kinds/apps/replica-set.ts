// ReplicaSet: so many pods of one template.

import type { V1ReplicaSet } from '@kubernetes/client-node'
import type { FieldError } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { formatLabelSelector } from '../../api/selectors.ts'
import { nonNegative } from '../../api/validation.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, containerColumns, countColumn, nameColumn, textColumn } from '../columns.ts'
import { defaultPodTemplate } from '../core/pod-defaults.ts'
import { scaleSubresource } from '../scale-subresource.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { validateReplicaStatus } from '../workload-status-validation.ts'
import { dropDisabledTemplateFields, namedTemplateWarnings } from '../workload-template.ts'
import { selectorUnchanged, validateSelectorAndTemplate } from '../workload-validation.ts'

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
      dropDisabledTemplateFields(set)
    },
    prepareForUpdate: (set, old) => {
      restoreMember(set, old, 'status')
      dropDisabledTemplateFields(set, old)
    },
    validate: validateReplicaSet,
    validateUpdate: selectorUnchanged,
    warnings: namedTemplateWarnings,
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

/** The text of an empty selector is upstream's. */
function validateReplicaSet({ spec }: ReplicaSet): FieldError[] {
  if (!spec) return []
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateSelectorAndTemplate(spec.template, {
      selector: spec.selector,
      kind: 'ReplicaSet',
      emptyText: 'empty selector is invalid for deployment',
      invalidText: 'invalid label selector',
    }),
  ]
}
