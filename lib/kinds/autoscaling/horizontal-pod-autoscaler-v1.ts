// HorizontalPodAutoscaler, autoscaling/v1: the older form, which knows of CPU alone. It is stored as v2.

import type { V1HorizontalPodAutoscaler } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { columnsOver, strategyOver, viewOver } from '../over-stored.ts'
import { statusSubresource } from '../status-subresource.ts'
import { horizontalPodAutoscalers } from './horizontal-pod-autoscaler.ts'
import { conversion } from './horizontal-pod-autoscaler-conversion.ts'

export type HorizontalPodAutoscalerV1 = Kube<V1HorizontalPodAutoscaler>

export const horizontalPodAutoscalersV1: ResourceDefinition<HorizontalPodAutoscalerV1> = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  scope: 'Namespaced',
  shortNames: ['hpa'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V1HorizontalPodAutoscaler')
  },
  // The default metric is set by the conversion, which knows of those in annotations.
  defaults: autoscaler => {
    if (autoscaler.spec) autoscaler.spec.minReplicas ??= 1
    autoscaler.status ??= { currentReplicas: 0, desiredReplicas: 0 }
  },
  conversion,
  strategy: strategyOver(horizontalPodAutoscalers, conversion),
  subresources: { status: viewOver(horizontalPodAutoscalers.subresources?.status ?? statusSubresource(), conversion) },
  storage: { version: 'v2' },
  columns: columnsOver(horizontalPodAutoscalers, conversion),
}
