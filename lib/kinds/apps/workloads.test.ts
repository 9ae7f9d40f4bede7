import { describe, expect, test } from '@jest/globals'
import type { KubeObject } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { cronJobs } from '../batch/cron-job.ts'
import { jobs } from '../batch/job.ts'
import { podDisruptionBudgets } from '../policy/pod-disruption-budget.ts'
import { daemonSets } from './daemon-set.ts'
import { replicaSets } from './replica-set.ts'
import { statefulSets } from './stateful-set.ts'

const labels = { app: 'web' }
const template = (spec: object = {}) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'web', image: 'web:1' }], ...spec },
})
const selector = { matchLabels: labels }

function objectOf(def: ResourceDefinition, spec: object): KubeObject & { spec: Record<string, unknown> } {
  const obj = {
    apiVersion: 'v1',
    kind: def.kind,
    metadata: { name: 'web', namespace: 'default', uid: 'u-1' },
    spec: structuredClone(spec) as Record<string, unknown>,
  }
  def.defaults?.(obj)
  return obj
}

const texts = (errors: { field: string; body: string }[] = []) => errors.map(({ field, body }) => `${field}: ${body}`)
const created = (def: ResourceDefinition, spec: object) => {
  const obj = objectOf(def, spec)
  def.strategy?.prepareForCreate?.(obj)
  return obj
}

describe('defaults', () => {
  test.each<[ResourceDefinition, object, object]>([
    [replicaSets, { selector, template: template() }, { replicas: 1 }],
    [
      statefulSets,
      { selector, template: template(), serviceName: 'web' },
      {
        replicas: 1,
        podManagementPolicy: 'OrderedReady',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        revisionHistoryLimit: 10,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      },
    ],
    [
      daemonSets,
      { selector, template: template() },
      {
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
        revisionHistoryLimit: 10,
      },
    ],
    [
      jobs,
      { template: template({ restartPolicy: 'Never' }) },
      { completions: 1, parallelism: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false },
    ],
    [
      cronJobs,
      { schedule: '@daily', jobTemplate: { spec: { template: template({ restartPolicy: 'Never' }) } } },
      { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
    ],
  ])('$kind', (def, spec, expected) => expect(objectOf(def, spec).spec).toMatchObject(expected))
})

describe('validation', () => {
  const mismatch = [
    'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
  ]
  const wrong = { matchLabels: { app: 'other' } }
  test.each<[string, ResourceDefinition, object, string[]]>([
    ['ReplicaSet', replicaSets, { selector, template: template() }, []],
    ['ReplicaSet selector', replicaSets, { selector: wrong, template: template() }, mismatch],
    [
      'ReplicaSet counts',
      replicaSets,
      { selector, template: template(), replicas: -1, minReadySeconds: -1 },
      ['replicas', 'minReadySeconds'].map(
        name => `spec.${name}: Invalid value: -1: must be greater than or equal to 0`,
      ),
    ],
    [
      'ReplicaSet with a selector that cannot be used',
      replicaSets,
      { selector: { matchExpressions: [{ key: 'a', operator: 'In' }] }, template: template() },
      [
        "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
        'spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"In"}]}: invalid label selector',
      ],
    ],
    ['Job', jobs, { template: template({ restartPolicy: 'OnFailure' }) }, []],
    [
      'Job that never ends',
      jobs,
      { template: template() },
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      'Indexed job',
      jobs,
      { template: template({ restartPolicy: 'Never' }), completionMode: 'Indexed', parallelism: 1 },
      ['spec.completions: Required value: when completion mode is Indexed'],
    ],
    [
      'CronJob',
      cronJobs,
      { jobTemplate: { spec: { template: template({ restartPolicy: 'Never' }) } } },
      ['spec.schedule: Required value'],
    ],
    [
      'PodDisruptionBudget',
      podDisruptionBudgets,
      { minAvailable: 1, maxUnavailable: 1 },
      [
        'spec: Invalid value: {"minAvailable":1,"maxUnavailable":1}: minAvailable and maxUnavailable cannot be both set',
      ],
    ],
  ])('%s', (_, def, spec, expected) => expect(texts(def.strategy?.validate?.(created(def, spec)))).toEqual(expected))

  test('the template of a job is immutable', () => {
    const job = (image: string) =>
      created(jobs, { template: template({ restartPolicy: 'Never', containers: [{ name: 'web', image }] }) })
    const errors = jobs.strategy?.validateUpdate?.(job('b:1') as never, job('a:1') as never) ?? []
    expect(errors.map(({ field, body }) => [field, body.endsWith(': field is immutable')])).toEqual([
      ['spec.template', true],
    ])
  })
})

test('a job selects its own pods', () => {
  const { spec } = created(jobs, { template: template({ restartPolicy: 'Never' }) })
  const own = { 'batch.kubernetes.io/controller-uid': 'u-1' }
  expect(spec.selector).toEqual({ matchLabels: own })
  expect(spec.template).toMatchObject({
    metadata: {
      labels: { ...labels, ...own, 'controller-uid': 'u-1', 'job-name': 'web', 'batch.kubernetes.io/job-name': 'web' },
    },
  })
})

describe('columns', () => {
  const shown = (def: ResourceDefinition) =>
    (def.columns ?? []).map(({ name, priority }) => (priority ? `${name}*` : name)).join(' ')
  test.each<[ResourceDefinition, string]>([
    [replicaSets, 'Name Desired Current Ready Age Containers* Images* Selector*'],
    [statefulSets, 'Name Ready Age Containers* Images*'],
    [daemonSets, 'Name Desired Current Ready Up-to-date Available Node Selector Age Containers* Images* Selector*'],
    [jobs, 'Name Status Completions Duration Age Containers* Images* Selector*'],
    [cronJobs, 'Name Schedule Timezone Suspend Active Last Schedule Age Containers* Images* Selector*'],
    [podDisruptionBudgets, 'Name Min Available Max Unavailable Allowed Disruptions Age'],
  ])('$kind', (def, expected) => expect(shown(def)).toBe(expected))

  test.each<[string, object, string[]]>([
    ['running', { startTime: '2026-01-01T00:00:00Z' }, ['Running', '0/1', '5m']],
    [
      'complete',
      {
        startTime: '2026-01-01T00:00:00Z',
        completionTime: '2026-01-01T00:00:07Z',
        succeeded: 1,
        conditions: [{ type: 'Complete', status: 'True' }],
      },
      ['Complete', '1/1', '7s'],
    ],
    ['not started', {}, ['Running', '0/1', '']],
  ])('a job: %s', (_, status, expected) => {
    const job = { ...created(jobs, { template: template({ restartPolicy: 'Never' }) }), status }
    const cells = (jobs.columns ?? []).slice(1, 4).map(column => column.value(job as never, Date.UTC(2026, 0, 1, 0, 5)))
    expect(cells).toEqual(expected)
  })
})
