// ReplicationController: what ReplicaSets were before they had set-based selectors.

import type { V1ReplicationController } from '@kubernetes/client-node'
import { required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { nonNegative } from '../../api/validation.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, containerColumns, countColumn, formatLabels, nameColumn, textColumn } from '../columns.ts'
import { scaleSubresource } from '../scale-subresource.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { validateReplicaStatus } from '../workload-status-validation.ts'
import { dropDisabledTemplateFields, namedTemplateWarnings } from '../workload-template.ts'
import { validateTemplate } from '../workload-validation.ts'
import { defaultPodTemplate } from './pod-defaults.ts'

export type ReplicationController = Kube<V1ReplicationController>

export const replicationControllers: ResourceDefinition<ReplicationController> = {
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  scope: 'Namespaced',
  shortNames: ['rc'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V1ReplicationController')
  },
  defaults: controller => {
    controller.spec ??= {}
    controller.status ??= { replicas: 0 }
    defaultPodTemplate(controller.spec.template)
    controller.spec.replicas ??= 1
    labelLikeTemplate(controller)
  },
  strategy: {
    orphansByDefault: {},
    prepareForCreate: controller => {
      controller.status = { replicas: 0 }
      dropDisabledTemplateFields(controller)
    },
    prepareForUpdate: (controller, old) => {
      restoreMember(controller, old, 'status')
      dropDisabledTemplateFields(controller, old)
    },
    validate: ({ spec = {} }) => [
      ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
      ...(Object.keys(spec.selector ?? {}).length ? [] : [required('spec.selector')]),
      ...nonNegative('spec.replicas', spec.replicas),
      ...validateTemplate(spec.template, {
        selector: { matchLabels: spec.selector ?? {} },
        kind: 'ReplicationController',
      }),
    ],
    warnings: namedTemplateWarnings,
  },
  subresources: {
    status: statusSubresource({ validateUpdate: ({ status }) => validateReplicaStatus(status) }),
    scale: scaleSubresource(),
  },
  storage: { prefix: 'controllers' },
  tracksGeneration: true,
  columns: [
    nameColumn,
    countColumn('Desired', ({ spec }) => spec?.replicas),
    countColumn('Current', ({ status }) => status?.replicas),
    countColumn('Ready', ({ status }) => status?.readyReplicas),
    ageColumn,
    ...containerColumns<ReplicationController>(({ spec }) => spec?.template),
    textColumn('Selector', ({ spec }) => formatLabels(spec?.selector), 1),
  ],
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
}

/** The template's labels are the selector and the labels of who gives none. */
function labelLikeTemplate({ metadata, spec = {} }: ReplicationController): void {
  const labels = spec.template?.metadata?.labels
  if (!labels) return
  if (!Object.keys(spec.selector ?? {}).length) spec.selector = { ...labels }
  if (!Object.keys(metadata.labels ?? {}).length) metadata.labels = { ...labels }
}
