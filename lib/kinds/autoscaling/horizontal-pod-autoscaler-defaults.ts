// What an autoscaler means where it says nothing: at least one pod, 80% of the CPU asked for, and how fast it may go.

import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'

type Spec = HorizontalPodAutoscaler['spec']
export type Metric = NonNullable<Spec['metrics']>[number]
type Rules = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>

const periodSeconds = 15

const scaleUp: Rules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds },
    { type: 'Percent', value: 100, periodSeconds },
  ],
}
const scaleDown: Rules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds }] }

export function cpuUtilization(percent: number): Metric {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } } }
}

export function defaultAutoscaler(autoscaler: HorizontalPodAutoscaler): void {
  const { spec } = autoscaler
  if (!spec) return
  spec.minReplicas ??= 1
  if (!spec.metrics?.length) spec.metrics = [cpuUtilization(80)]
  if (spec.behavior) {
    spec.behavior = {
      scaleUp: { ...structuredClone(scaleUp), ...spec.behavior.scaleUp },
      scaleDown: { ...structuredClone(scaleDown), ...spec.behavior.scaleDown },
    }
  }
  autoscaler.status ??= { desiredReplicas: 0 }
}
