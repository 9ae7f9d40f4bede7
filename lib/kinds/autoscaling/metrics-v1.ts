// Metrics as autoscaling/v1 wrote them, in annotations: the name and the selector beside the value instead of below
// `metric`, `target` and `current`. Members stand in the order in which upstream prints them.

import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'
import type { Metric } from './horizontal-pod-autoscaler-defaults.ts'

export type MetricStatus = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number]
type Selector = NonNullable<Metric['pods']>['metric']['selector']
type Reference = NonNullable<Metric['object']>['describedObject']

/** Without the members that are undefined. */
function given<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const members = Object.entries(value).filter(([, part]) => part !== undefined && part !== null)
  return Object.fromEntries(members) as { [K in keyof T]: Exclude<T[K], undefined> }
}

const reference = ({ kind, name, apiVersion }: Reference) => given({ kind, name, apiVersion })

export function toV1Metric({ type, object, pods, resource, containerResource, external }: Metric): object {
  const ofResource = (source: NonNullable<Metric['resource']>) => ({
    name: source.name,
    targetAverageUtilization: source.target.averageUtilization,
    targetAverageValue: source.target.averageValue,
  })
  return given({
    type,
    object:
      object &&
      given({
        target: reference(object.describedObject),
        metricName: object.metric.name,
        targetValue: object.target.value ?? '0',
        selector: object.metric.selector,
        averageValue: object.target.averageValue,
      }),
    pods:
      pods &&
      given({
        metricName: pods.metric.name,
        targetAverageValue: pods.target.averageValue ?? '0',
        selector: pods.metric.selector,
      }),
    resource: resource && given(ofResource(resource)),
    containerResource:
      containerResource && given({ ...ofResource(containerResource), container: containerResource.container }),
    external:
      external &&
      given({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        targetValue: external.target.value,
        targetAverageValue: external.target.averageValue,
      }),
  })
}

export function toV1Status({ type, object, pods, resource, containerResource, external }: MetricStatus): object {
  const ofResource = (source: NonNullable<MetricStatus['resource']>) => ({
    name: source.name,
    currentAverageUtilization: source.current.averageUtilization,
    currentAverageValue: source.current.averageValue ?? '0',
  })
  return given({
    type,
    object:
      object &&
      given({
        target: reference(object.describedObject),
        metricName: object.metric.name,
        currentValue: object.current.value ?? '0',
        selector: object.metric.selector,
        averageValue: object.current.averageValue,
      }),
    pods:
      pods &&
      given({
        metricName: pods.metric.name,
        currentAverageValue: pods.current.averageValue ?? '0',
        selector: pods.metric.selector,
      }),
    resource: resource && given(ofResource(resource)),
    containerResource:
      containerResource && given({ ...ofResource(containerResource), container: containerResource.container }),
    external:
      external &&
      given({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        currentValue: external.current.value ?? '0',
        currentAverageValue: external.current.averageValue,
      }),
  })
}

interface V1Resource {
  name: string
  container?: string
  targetAverageUtilization?: number
  targetAverageValue?: string
  currentAverageUtilization?: number
  currentAverageValue?: string
}
interface V1Object {
  target: Reference
  metricName: string
  selector?: Selector
  targetValue?: string
  currentValue?: string
  averageValue?: string
}
interface V1Pods {
  metricName: string
  selector?: Selector
  targetAverageValue?: string
  currentAverageValue?: string
}
interface V1External {
  metricName: string
  metricSelector?: Selector
  targetValue?: string
  targetAverageValue?: string
  currentValue?: string
  currentAverageValue?: string
}
interface V1Metric {
  type: string
  object?: V1Object
  pods?: V1Pods
  resource?: V1Resource
  containerResource?: V1Resource
  external?: V1External
}

const identifier = (name: string, selector: Selector) => given({ name, selector }) as { name: string }

export function fromV1Metric(metric: object): Metric {
  const { type, object, pods, resource, containerResource, external } = metric as V1Metric
  const ofResource = ({ name, targetAverageUtilization, targetAverageValue }: V1Resource) => ({
    name,
    target: given({
      type: targetAverageUtilization === undefined ? 'AverageValue' : 'Utilization',
      averageValue: targetAverageValue,
      averageUtilization: targetAverageUtilization,
    }),
  })
  return given({
    type,
    object: object && {
      describedObject: object.target,
      metric: identifier(object.metricName, object.selector),
      target: given({
        type: object.averageValue === undefined ? 'Value' : 'AverageValue',
        // v1 must say a value; 0 stands for none.
        value: object.targetValue === '0' && object.averageValue !== undefined ? undefined : object.targetValue,
        averageValue: object.averageValue,
      }),
    },
    pods: pods && {
      metric: identifier(pods.metricName, pods.selector),
      target: given({ type: 'AverageValue', averageValue: pods.targetAverageValue }),
    },
    resource: resource && ofResource(resource),
    containerResource: containerResource && {
      ...ofResource(containerResource),
      container: containerResource.container ?? '',
    },
    external: external && {
      metric: identifier(external.metricName, external.metricSelector),
      target: given({
        type: external.targetValue === undefined ? 'AverageValue' : 'Value',
        value: external.targetValue,
        averageValue: external.targetAverageValue,
      }),
    },
  }) as Metric
}

export function fromV1Status(status: object): MetricStatus {
  const { type, object, pods, resource, containerResource, external } = status as V1Metric
  const ofResource = ({ name, currentAverageUtilization, currentAverageValue }: V1Resource) => ({
    name,
    current: given({ averageValue: currentAverageValue, averageUtilization: currentAverageUtilization }),
  })
  return given({
    type,
    object: object && {
      describedObject: object.target,
      metric: identifier(object.metricName, object.selector),
      current: given({ value: object.currentValue, averageValue: object.averageValue }),
    },
    pods: pods && {
      metric: identifier(pods.metricName, pods.selector),
      current: given({ averageValue: pods.currentAverageValue }),
    },
    resource: resource && ofResource(resource),
    containerResource: containerResource && {
      ...ofResource(containerResource),
      container: containerResource.container ?? '',
    },
    external: external && {
      metric: identifier(external.metricName, external.metricSelector),
      current: given({ value: external.currentValue, averageValue: external.currentAverageValue }),
    },
  }) as MetricStatus
}
