import { describe, expect, test } from '@jest/globals'
import { createdAt, type Fields, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import { horizontalPodAutoscalers } from './horizontal-pod-autoscaler.ts'
import { conversion } from './horizontal-pod-autoscaler-conversion.ts'
import { type HorizontalPodAutoscalerV1, horizontalPodAutoscalersV1 } from './horizontal-pod-autoscaler-v1.ts'

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
const spec = (fields: object) => ({ spec: { scaleTargetRef, maxReplicas: 3, ...fields } })
const errorsOf = (fields: Fields) =>
  texts(horizontalPodAutoscalers.strategy?.validate?.(objectOf(horizontalPodAutoscalers, fields) as never))

describe('defaults', () => {
  test('one pod at least, and 80% of the CPU asked for', () => {
    expect(objectOf(horizontalPodAutoscalers, spec({}))).toMatchObject({
      spec: {
        minReplicas: 1,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
        ],
      },
      status: { desiredReplicas: 0 },
    })
  })

  test('a behavior is completed in both directions', () => {
    const { behavior } = objectOf(
      horizontalPodAutoscalers,
      spec({ behavior: { scaleDown: { stabilizationWindowSeconds: 5 } } }),
    ).spec as { behavior: object }
    expect(behavior).toEqual({
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [
          { type: 'Pods', value: 4, periodSeconds: 15 },
          { type: 'Percent', value: 100, periodSeconds: 15 },
        ],
      },
      scaleDown: {
        stabilizationWindowSeconds: 5,
        selectPolicy: 'Max',
        policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
      },
    })
  })

  test('annotations of v1 are not kept in v2', () => {
    const annotations = { 'autoscaling.alpha.kubernetes.io/metrics': '[]', mine: 'a' }
    expect(objectOf(horizontalPodAutoscalers, spec({}), { annotations }).metadata.annotations).toEqual({ mine: 'a' })
  })
})

describe('validation', () => {
  const metric = (fields: object) => spec({ metrics: [fields] })
  const cpu = (target: object) => metric({ type: 'Resource', resource: { name: 'cpu', target } })
  const rules = (fields: object) => spec({ behavior: { scaleUp: fields } })
  const policy = (fields: object) => rules({ policies: [{ type: 'Pods', value: 1, periodSeconds: 1, ...fields }] })
  const at = 'spec.metrics[0]'
  const up = 'spec.behavior.scaleUp'
  const types = 'supported values: "ContainerResource", "External", "Object", "Pods", "Resource"'

  test.each<[string, Fields, string[]]>([
    ['minimal', spec({}), []],
    [
      'no pods',
      spec({ maxReplicas: 0 }),
      [
        'spec.maxReplicas: Invalid value: 0: must be greater than 0',
        'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
      ],
    ],
    [
      'none at least',
      spec({ minReplicas: 0 }),
      ['spec.minReplicas: Invalid value: 0: must be greater than or equal to 1'],
    ],
    [
      'more than at most',
      spec({ minReplicas: 5 }),
      ['spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`'],
    ],
    [
      'no target',
      spec({ scaleTargetRef: { kind: 'a/b' } }),
      [
        'spec.scaleTargetRef.kind: Invalid value: "a/b": may not contain \'/\'',
        'spec.scaleTargetRef.name: Required value',
      ],
    ],
    [
      'unknown metric',
      metric({ type: 'Magic' }),
      [`${at}.type: Unsupported value: "Magic": ${types}`, `${at}.type: Unsupported value: "Magic": ${types}`],
    ],
    [
      'metric without its source',
      metric({ type: 'Pods' }),
      [`${at}.pods: Required value: must populate information for the given metric source`],
    ],
    [
      'two sources',
      metric({
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 1 } },
        pods: { metric: { name: 'a' }, target: { type: 'AverageValue', averageValue: '1' } },
      }),
      [`${at}.pods: Forbidden: must populate the given metric source only`],
    ],
    [
      'target without amount',
      cpu({ type: 'Utilization' }),
      [
        `${at}.resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization`,
      ],
    ],
    [
      'target of both',
      cpu({ type: 'Utilization', averageUtilization: 1, averageValue: '1' }),
      [`${at}.resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization`],
    ],
    [
      'target type',
      cpu({ type: 'Much', averageUtilization: 1 }),
      [`${at}.resource.target.type: Invalid value: "Much": must be either Utilization, Value, or AverageValue`],
    ],
    [
      'target of nothing',
      cpu({ type: 'Utilization', averageUtilization: 0 }),
      [`${at}.resource.target.averageUtilization: Invalid value: 0: must be greater than 0`],
    ],
    [
      'a container without name',
      metric({
        type: 'ContainerResource',
        containerResource: { name: 'gpu', target: { type: 'AverageValue', averageValue: '1' } },
      }),
      [
        `${at}.containerResource.name: Invalid value: "gpu": must be a standard resource type or fully qualified`,
        `${at}.containerResource.name: Invalid value: "gpu": must be a standard resource for containers`,
        `${at}.containerResource.container: Required value: must specify a container`,
      ],
    ],
    [
      'external metric of both',
      metric({
        type: 'External',
        external: { metric: { name: 'q' }, target: { type: 'Value', value: '1', averageValue: '-1' } },
      }),
      [
        `${at}.external.target.averageValue: Invalid value: "-1": must be positive`,
        `${at}.external.target.value: Forbidden: may not set both a target value for metric and a per-pod target`,
      ],
    ],
    [
      'object metric of nothing',
      metric({
        type: 'Object',
        object: { metric: {}, describedObject: { kind: 'A', name: 'b' }, target: { type: 'Value' } },
      }),
      [
        `${at}.object.metric.name: Required value: must specify a metric name`,
        `${at}.object.target.averageValue: Required value: must set either a target value or averageValue`,
      ],
    ],
    [
      'too long a window',
      rules({ stabilizationWindowSeconds: 3601 }),
      [`${up}.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600`],
    ],
    [
      'select policy',
      rules({ selectPolicy: 'Most' }),
      [`${up}.selectPolicy: Unsupported value: "Most": supported values: "Disabled", "Max", "Min"`],
    ],
    ['no policies', rules({ policies: [] }), [`${up}.policies: Required value: must specify at least one Policy`]],
    [
      'tolerance',
      rules({ tolerance: '-1' }),
      [`${up}.tolerance: Invalid value: "-1": must be greater than or equal to 0`],
    ],
    [
      'policy',
      policy({ type: 'Some', value: 0, periodSeconds: 1801 }),
      [
        `${up}.policies[0].type: Unsupported value: "Some": supported values: "Percent", "Pods"`,
        `${up}.policies[0].value: Invalid value: 0: must be greater than zero`,
        `${up}.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800`,
      ],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(fields)).toEqual(expected))

  test('v1 refuses in the same words', () => {
    const object = objectOf(horizontalPodAutoscalersV1, spec({ maxReplicas: 0, targetCPUUtilizationPercentage: 0 }))
    expect(texts(horizontalPodAutoscalersV1.strategy?.validate?.(object as never))).toEqual([
      'spec.maxReplicas: Invalid value: 0: must be greater than 0',
      'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
      `${at}.resource.target.averageUtilization: Invalid value: 0: must be greater than 0`,
    ])
  })
})

describe('conversion', () => {
  const target = (fields: object) => ({ type: 'AverageValue', averageValue: '2', ...fields })
  const describedObject = { kind: 'Service', name: 'a', apiVersion: 'v1' }
  const metric = { name: 'q', selector: { matchLabels: { a: 'b' } } }
  const current = { averageValue: '1' }

  test.each<[string, object, object]>([
    ['nothing but bounds', {}, { desiredReplicas: 0 }],
    [
      'behavior',
      { behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 15 }], tolerance: '0.1' } } },
      { desiredReplicas: 1 },
    ],
    [
      'metrics of all types',
      {
        metrics: [
          { type: 'Object', object: { describedObject, metric, target: { type: 'Value', value: '5' } } },
          { type: 'Object', object: { describedObject, metric, target: target({}) } },
          { type: 'Pods', pods: { metric, target: target({}) } },
          { type: 'Resource', resource: { name: 'memory', target: target({}) } },
          { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'c', target: target({}) } },
          { type: 'External', external: { metric, target: { type: 'Value', value: '7' } } },
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
        ],
      },
      {
        currentReplicas: 2,
        desiredReplicas: 3,
        observedGeneration: 1,
        lastScaleTime: createdAt,
        currentMetrics: [
          { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 40, averageValue: '100m' } } },
          { type: 'Pods', pods: { metric, current } },
          { type: 'External', external: { metric, current: { value: '4' } } },
        ],
        conditions: [{ type: 'AbleToScale', status: 'True', lastTransitionTime: createdAt, reason: 'R', message: 'm' }],
      },
    ],
  ])('to v1 and back: %s', (_, fields, status) => {
    const object = objectOf(horizontalPodAutoscalers, { ...spec(fields), status }, { annotations: { mine: 'a' } })
    const there = conversion.fromStored(structuredClone(object))
    expect(conversion.toStored(there)).toEqual(object)
    expect(there.metadata.annotations?.mine).toBe('a')
  })

  test('v1 shows the CPU it knows of', () => {
    const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }
    const status = {
      desiredReplicas: 1,
      currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 40 } } }],
    }
    const object = conversion.fromStored(objectOf(horizontalPodAutoscalers, { ...spec({ metrics: [cpu] }), status }))
    expect(object.spec).toEqual({ scaleTargetRef, maxReplicas: 3, minReplicas: 1, targetCPUUtilizationPercentage: 50 })
    expect(object.status).toEqual({ currentReplicas: 0, desiredReplicas: 1, currentCPUUtilizationPercentage: 40 })
    expect(object.metadata.annotations).toEqual({
      'autoscaling.alpha.kubernetes.io/current-metrics':
        '[{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":40,"currentAverageValue":"0"}}]',
    })
  })

  test.each(['{', '"a"', '[1]', 'null'])('an annotation that is not what it should be is dropped: %s', text => {
    const names = ['metrics', 'current-metrics', 'conditions', 'behavior']
    const annotations = Object.fromEntries(names.map(name => [`autoscaling.alpha.kubernetes.io/${name}`, text]))
    const object = objectOf(horizontalPodAutoscalersV1, spec({}), {
      annotations,
    }) as unknown as HorizontalPodAutoscalerV1
    expect(conversion.toStored(object)).toMatchObject({
      metadata: expect.not.objectContaining({ annotations: expect.anything() }),
      spec: { metrics: [{ type: 'Resource' }] },
      status: { desiredReplicas: 0 },
    })
  })
})

test.each<[string, object, object, string]>([
  ['nothing known', {}, {}, 'cpu: <unknown>/80%'],
  [
    'more than two',
    {
      metrics: [
        { type: 'Pods', pods: { metric: { name: 'a' }, target: { type: 'AverageValue', averageValue: '3' } } },
        { type: 'External', external: { metric: { name: 'a' }, target: { type: 'AverageValue', averageValue: '4' } } },
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '5' } } },
      ],
    },
    { currentMetrics: [{ type: 'Pods', pods: { metric: { name: 'a' }, current: { averageValue: '2' } } }] },
    '2/3, <unknown>/4 (avg) + 1 more...',
  ],
])('targets in a table: %s', (_, fields, status, expected) => {
  const object = objectOf(horizontalPodAutoscalers, { ...spec(fields), status: { desiredReplicas: 0, ...status } })
  const cells = Object.fromEntries(
    (horizontalPodAutoscalers.columns ?? []).map(({ name, value }) => [
      name,
      value(object as never, Date.parse(createdAt)),
    ]),
  )
  expect(cells).toMatchObject({ Reference: 'Deployment/web', Targets: expected, MinPods: '1', MaxPods: 3, Replicas: 0 })
})
