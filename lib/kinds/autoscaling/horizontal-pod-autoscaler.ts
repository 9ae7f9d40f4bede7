// HorizontalPodAutoscaler, autoscaling/v2: how many replicas something has, by what is measured.

import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { nonNegative } from '../../api/validation.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, countColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { dropRoundTrip } from './horizontal-pod-autoscaler-annotations.ts'
import { metricsText } from './horizontal-pod-autoscaler-columns.ts'
import { defaultAutoscaler } from './horizontal-pod-autoscaler-defaults.ts'
import { validateAutoscaler } from './horizontal-pod-autoscaler-validation.ts'

export type HorizontalPodAutoscaler = Kube<V2HorizontalPodAutoscaler>

export const horizontalPodAutoscalers: ResourceDefinition<HorizontalPodAutoscaler> = {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  scope: 'Namespaced',
  shortNames: ['hpa'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V2HorizontalPodAutoscaler')
  },
  defaults: autoscaler => {
    dropRoundTrip(autoscaler.metadata)
    defaultAutoscaler(autoscaler)
  },
  strategy: {
    prepareForCreate: autoscaler => {
      autoscaler.status = { desiredReplicas: 0 }
    },
    prepareForUpdate: (autoscaler, old) => restoreMember(autoscaler, old, 'status'),
    validate: ({ spec }) => validateAutoscaler(spec),
  },
  subresources: {
    status: statusSubresource({
      validateUpdate: ({ status }) => [
        ...nonNegative('status.currentReplicas', status?.currentReplicas),
        ...nonNegative('status.desiredReplicas', status?.desiredReplicas),
      ],
    }),
  },
  storage: { version: 'v2' },
  columns: [
    nameColumn,
    textColumn('Reference', ({ spec: { scaleTargetRef: target } }) => `${target.kind}/${target.name}`),
    textColumn('Targets', ({ spec, status }) => metricsText(spec.metrics, status?.currentMetrics)),
    textColumn('MinPods', ({ spec }) => (spec.minReplicas === undefined ? '<unset>' : `${spec.minReplicas}`)),
    countColumn('MaxPods', ({ spec }) => spec.maxReplicas),
    countColumn('Replicas', ({ status }) => status?.currentReplicas),
    ageColumn,
  ],
}
