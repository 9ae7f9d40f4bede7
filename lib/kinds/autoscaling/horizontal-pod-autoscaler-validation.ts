// What must hold for an autoscaler: whom it scales, between which bounds, by which metrics, how fast.

import { type FieldError, fieldForbidden, invalid, notSupported, required } from '../../api/field-errors.ts'
import { asInvalid } from '../../api/validation.ts'
import { pathSegmentErrors } from '../../api/validation-names.ts'
import { dnsLabel, eachItem, quantityOf } from '../../api/validation-rules.ts'
import { containerResourceName } from '../core/pod-resources-validation.ts'
import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'
import type { Metric } from './horizontal-pod-autoscaler-defaults.ts'

type Spec = HorizontalPodAutoscaler['spec']
type Rules = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>
type Target = NonNullable<Metric['resource']>['target']

export function validateAutoscaler(spec: Spec | undefined): FieldError[] {
  if (!spec) return []
  const { minReplicas, maxReplicas = 0, behavior } = spec
  return [
    ...(minReplicas !== undefined && minReplicas < 1
      ? [invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1')]
      : []),
    ...(maxReplicas < 1 ? [invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0')] : []),
    ...(minReplicas !== undefined && maxReplicas < minReplicas
      ? [invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')]
      : []),
    ...reference(spec.scaleTargetRef, 'spec.scaleTargetRef'),
    ...eachItem(spec.metrics, 'spec.metrics', metricErrors),
    ...scalingRules(behavior?.scaleUp, 'spec.behavior.scaleUp'),
    ...scalingRules(behavior?.scaleDown, 'spec.behavior.scaleDown'),
  ]
}

function segment(field: string, text: string | undefined, detail = ''): FieldError[] {
  return text ? asInvalid(field, text, pathSegmentErrors(text)) : [required(field, detail)]
}

function reference({ kind, name }: { kind?: string; name?: string } = {}, field: string): FieldError[] {
  return [...segment(`${field}.kind`, kind), ...segment(`${field}.name`, name)]
}

/** In the order in which upstream looks at them: only the first is looked into. */
const sources = ['object', 'external', 'pods', 'resource', 'containerResource'] as const
type Source = (typeof sources)[number]
const types = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']

function sourceOf(type: string): Source | undefined {
  const name = `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`
  return types.includes(type) ? sources.find(source => source === name) : undefined
}

function metricErrors(metric: Metric, field: string): FieldError[] {
  const { type } = metric
  const [first, ...more] = sources.filter(name => metric[name] !== undefined)
  const expected = sourceOf(type)
  const others = first && more.length > 0 ? [first, ...more].filter(name => name !== expected) : []
  return [
    ...(type ? [] : [required(`${field}.type`, 'must specify a metric source type')]),
    ...(expected ? [] : [notSupported(`${field}.type`, type, types)]),
    ...(first ? sourceChecks[first](metric, `${field}.${first}`) : []),
    ...(expected && metric[expected] === undefined
      ? [required(`${field}.${expected}`, 'must populate information for the given metric source')]
      : []),
    ...(expected ? [] : [notSupported(`${field}.type`, type, types)]),
    ...others.map(name => fieldForbidden(`${field}.${name}`, 'must populate the given metric source only')),
  ]
}

const sourceChecks: Record<Source, (metric: Metric, field: string) => FieldError[]> = {
  object: ({ object }, field) => [
    ...reference(object?.describedObject, `${field}.describedObject`),
    ...segment(`${field}.metric.name`, object?.metric.name, 'must specify a metric name'),
    ...valueTarget(object?.target, field, 'must set either a target value or averageValue'),
  ],
  external: ({ external }, field) => {
    const { value, averageValue } = external?.target ?? {}
    const both = 'may not set both a target value for metric and a per-pod target'
    return [
      ...segment(`${field}.metric.name`, external?.metric.name, 'must specify a metric name'),
      ...valueTarget(external?.target, field, 'must set either a target value for metric or a per-pod target'),
      ...(value !== undefined && averageValue !== undefined ? [fieldForbidden(`${field}.target.value`, both)] : []),
    ]
  },
  pods: ({ pods }, field) => [
    ...segment(`${field}.metric.name`, pods?.metric.name, 'must specify a metric name'),
    ...targetErrors(pods?.target, `${field}.target`),
    ...(pods?.target.averageValue === undefined
      ? [required(`${field}.target.averageValue`, 'must specify a positive target averageValue')]
      : []),
  ],
  resource: ({ resource }, field) => [
    ...(resource?.name ? [] : [required(`${field}.name`, 'must specify a resource name')]),
    ...resourceTarget(resource?.target, field),
  ],
  containerResource: ({ containerResource: source }, field) => [
    ...(source?.name
      ? containerResourceName(source.name, `${field}.name`)
      : [required(`${field}.name`, 'must specify a resource name')]),
    ...(source?.container
      ? dnsLabel(`${field}.container`, source.container)
      : [required(`${field}.container`, 'must specify a container')]),
    ...resourceTarget(source?.target, field),
  ],
}

function valueTarget(target: Target | undefined, field: string, neither: string): FieldError[] {
  const hasValue = target?.value !== undefined || target?.averageValue !== undefined
  return [
    ...targetErrors(target, `${field}.target`),
    ...(hasValue ? [] : [required(`${field}.target.averageValue`, neither)]),
  ]
}

function resourceTarget(target: Target | undefined, field: string): FieldError[] {
  const { averageUtilization, averageValue } = target ?? {}
  const neither = 'must set either a target raw value or a target utilization'
  const both = 'may not set both a target raw value and a target utilization'
  const hasNone = averageUtilization === undefined && averageValue === undefined
  return [
    ...targetErrors(target, `${field}.target`),
    ...(hasNone ? [required(`${field}.target.averageUtilization`, neither)] : []),
    ...(averageUtilization !== undefined && averageValue !== undefined
      ? [fieldForbidden(`${field}.target.averageValue`, both)]
      : []),
  ]
}

const targetTypes = ['Utilization', 'Value', 'AverageValue']

function targetErrors(target: Target | undefined, field: string): FieldError[] {
  const { type = '', value, averageValue, averageUtilization } = target ?? {}
  return [
    ...(type ? [] : [required(`${field}.type`, 'must specify a metric target type')]),
    ...(targetTypes.includes(type)
      ? []
      : [invalid(`${field}.type`, type, 'must be either Utilization, Value, or AverageValue')]),
    ...positive(`${field}.value`, value),
    ...positive(`${field}.averageValue`, averageValue),
    ...(averageUtilization !== undefined && averageUtilization < 1
      ? [invalid(`${field}.averageUtilization`, averageUtilization, 'must be greater than 0')]
      : []),
  ]
}

function positive(field: string, text: string | undefined): FieldError[] {
  const amount = quantityOf(text)
  return amount && amount.unscaled <= 0n ? [invalid(field, text, 'must be positive')] : []
}

const selectPolicies = ['Disabled', 'Max', 'Min']
const maxWindowSeconds = 3600
const maxPeriodSeconds = 1800

function scalingRules(rules: Rules | undefined, field: string): FieldError[] {
  if (!rules) return []
  const { stabilizationWindowSeconds: seconds = 0, selectPolicy, policies = [], tolerance } = rules
  const window = `${field}.stabilizationWindowSeconds`
  return [
    ...(seconds < 0 ? [invalid(window, seconds, 'must be greater than or equal to zero')] : []),
    ...(seconds > maxWindowSeconds
      ? [invalid(window, seconds, `must be less than or equal to ${maxWindowSeconds}`)]
      : []),
    ...(selectPolicy !== undefined && !selectPolicies.includes(selectPolicy)
      ? [notSupported(`${field}.selectPolicy`, selectPolicy, selectPolicies)]
      : []),
    ...((quantityOf(tolerance)?.unscaled ?? 0n) < 0n
      ? [invalid(`${field}.tolerance`, tolerance, 'must be greater than or equal to 0')]
      : []),
    ...(policies.length === 0 ? [required(`${field}.policies`, 'must specify at least one Policy')] : []),
    ...eachItem(policies, `${field}.policies`, scalingPolicy),
  ]
}

function scalingPolicy({ type, value, periodSeconds }: NonNullable<Rules['policies']>[number], field: string) {
  const period = `${field}.periodSeconds`
  return [
    ...(type === 'Pods' || type === 'Percent' ? [] : [notSupported(`${field}.type`, type, ['Percent', 'Pods'])]),
    ...(value <= 0 ? [invalid(`${field}.value`, value, 'must be greater than zero')] : []),
    ...(periodSeconds <= 0 ? [invalid(period, periodSeconds, 'must be greater than zero')] : []),
    ...(periodSeconds > maxPeriodSeconds
      ? [invalid(period, periodSeconds, `must be less than or equal to ${maxPeriodSeconds}`)]
      : []),
  ]
}
