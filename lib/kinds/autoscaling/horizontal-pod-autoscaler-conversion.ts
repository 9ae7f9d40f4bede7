// Between autoscaling/v1 and v2. What v1 has no fields for is written into annotations, in the JSON that upstream writes:
// metrics other than CPU utilization, what was measured, conditions, and how fast to scale.

import type { Conversion } from '../../api/resource.ts'
import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'
import { dropRoundTrip, roundTrip } from './horizontal-pod-autoscaler-annotations.ts'
import { fromGoBehavior, toGoBehavior } from './horizontal-pod-autoscaler-behavior.ts'
import { cpuUtilization, type Metric } from './horizontal-pod-autoscaler-defaults.ts'
import type { HorizontalPodAutoscalerV1 } from './horizontal-pod-autoscaler-v1.ts'
import { fromV1Metric, fromV1Status, type MetricStatus, toV1Metric, toV1Status } from './metrics-v1.ts'

type Status = NonNullable<HorizontalPodAutoscaler['status']>
type Condition = NonNullable<Status['conditions']>[number]

const defaultCpuPercent = 80

export const conversion: Conversion<HorizontalPodAutoscalerV1> = {
  fromStored: stored => toV1(stored as HorizontalPodAutoscaler),
  toStored: toV2,
}

function isCpu({ type, resource }: Pick<Metric | MetricStatus, 'type' | 'resource'>): boolean {
  return type === 'Resource' && resource?.name === 'cpu'
}

function toV1({ spec, status, ...autoscaler }: HorizontalPodAutoscaler): HorizontalPodAutoscalerV1 {
  const { metrics = [], behavior, ...rest } = spec
  const { currentMetrics = [], conditions = [], ...counts } = status ?? { desiredReplicas: 0 }
  const others = metrics.filter(metric => !isCpu(metric) || metric.resource?.target.averageUtilization === undefined)
  const target = metrics.find(isCpu)?.resource?.target.averageUtilization
  const current = currentMetrics.findLast(isCpu)?.resource?.current.averageUtilization
  const texts = {
    ...(others.length > 0 ? { [roundTrip.metrics]: JSON.stringify(others.map(toV1Metric)) } : {}),
    ...(currentMetrics.length > 0
      ? { [roundTrip.currentMetrics]: JSON.stringify(currentMetrics.map(toV1Status)) }
      : {}),
    ...(conditions.length > 0 ? { [roundTrip.conditions]: JSON.stringify(conditions.map(goCondition)) } : {}),
    ...(behavior ? { [roundTrip.behavior]: JSON.stringify(toGoBehavior(behavior)) } : {}),
  }
  dropRoundTrip(autoscaler.metadata)
  if (Object.keys(texts).length > 0) autoscaler.metadata.annotations = { ...autoscaler.metadata.annotations, ...texts }
  return {
    ...autoscaler,
    spec: { ...rest, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: {
      ...counts,
      currentReplicas: counts.currentReplicas ?? 0,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  }
}

function goCondition({ type, status, lastTransitionTime, reason, message }: Condition) {
  return {
    type,
    status,
    lastTransitionTime: lastTransitionTime ?? null,
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
  }
}

function toV2({ spec, status, ...autoscaler }: HorizontalPodAutoscalerV1): HorizontalPodAutoscaler {
  const { targetCPUUtilizationPercentage: target, ...rest } = spec ?? {}
  const { currentCPUUtilizationPercentage: current, ...counts } = status ?? { desiredReplicas: 0, currentReplicas: 0 }
  const annotations = autoscaler.metadata.annotations ?? {}
  const others = parsedList<object>(annotations[roundTrip.metrics]).map(fromV1Metric)
  const metrics = [...others, ...(target === undefined ? [] : [cpuUtilization(target)])]
  const measured = parsedList<object>(annotations[roundTrip.currentMetrics]).map(fromV1Status)
  const currentMetrics = measured.length > 0 ? measured : current === undefined ? [] : [measuredCpu(current)]
  const conditions = parsedList<Condition>(annotations[roundTrip.conditions]).map(withoutNulls)
  const behavior = fromGoBehavior(parsed(annotations[roundTrip.behavior]))
  dropRoundTrip(autoscaler.metadata)
  return {
    ...autoscaler,
    spec: {
      ...(rest as HorizontalPodAutoscaler['spec']),
      metrics: metrics.length > 0 ? metrics : [cpuUtilization(defaultCpuPercent)],
      ...(behavior ? { behavior } : {}),
    },
    status: {
      ...withoutZeroCurrent(counts),
      ...(currentMetrics.length > 0 ? { currentMetrics } : {}),
      ...(conditions.length > 0 ? { conditions } : {}),
    },
  }
}

/** In v2 none is not said. */
function withoutZeroCurrent({ currentReplicas, ...rest }: { currentReplicas?: number; desiredReplicas: number }) {
  return currentReplicas ? { ...rest, currentReplicas } : rest
}

function measuredCpu(percent: number): MetricStatus {
  return { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: percent } } }
}

function withoutNulls(condition: Condition): Condition {
  return Object.fromEntries(Object.entries(condition).filter(([, value]) => value !== null)) as unknown as Condition
}

/** Only well-formed text is taken over; the rest is dropped, as upstream does. */
function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function parsedList<T extends object>(text: string | undefined): T[] {
  const list = parsed(text)
  const isList = Array.isArray(list) && list.every(item => typeof item === 'object' && item !== null)
  return isList ? (list as T[]) : []
}
