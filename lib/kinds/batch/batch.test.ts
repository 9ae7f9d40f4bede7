import { describe, expect, test } from '@jest/globals'
import { createdAt, type Fields, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import { type CronJob, cronJobs } from './cron-job.ts'
import { type Job, jobs } from './job.ts'

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } }

function jobOf(spec: Fields = {}, status: Fields = {}, metadata: Fields = {}): Job {
  const job = objectOf(jobs, { spec: { template, ...spec }, status }, { uid: '7', ...metadata }) as unknown as Job
  jobs.strategy?.prepareForCreate?.(job)
  job.status = status as NonNullable<Job['status']>
  return job
}

const errorsOf = (job: Job) => texts(jobs.strategy?.validate?.(job))
const indexed = { completionMode: 'Indexed', completions: 3 }
const failure = (rule: object) => ({ podFailurePolicy: { rules: [rule] } })
const success = (rule: object) => ({ ...indexed, successPolicy: { rules: [rule] } })
const onExitCodes = { operator: 'In', values: [1] }
const rule0 = 'spec.podFailurePolicy.rules[0]'

describe('jobs', () => {
  test.each<[string, Fields, string[]]>([
    ['a minimal one', {}, []],
    ['an indexed one', indexed, []],
    [
      'negative counts',
      { parallelism: -1 },
      ['spec.parallelism: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'pods that run forever',
      { template: { spec: { containers: template.spec.containers } } },
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      'an index for each of how many',
      { completionMode: 'Indexed', completions: undefined, parallelism: 1 },
      ['spec.completions: Required value: when completion mode is Indexed'],
    ],
    [
      'an unknown mode',
      { completionMode: 'Sorted' },
      ['spec.completionMode: Unsupported value: "Sorted": supported values: "NonIndexed", "Indexed"'],
    ],
    [
      'a limit for each index without indexes',
      { backoffLimitPerIndex: 1, maxFailedIndexes: 1 },
      [
        'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
        'spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode',
      ],
    ],
    [
      'more failures than indexes',
      { ...indexed, maxFailedIndexes: 4 },
      [
        'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
        'spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions',
      ],
    ],
    [
      'a manager without domain',
      { managedBy: 'me' },
      ['spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")'],
    ],
    [
      'another selector',
      { selector: { matchLabels: { app: 'web' } } },
      [
        'spec.selector: Invalid value: {"matchLabels":{"batch.kubernetes.io/controller-uid":"7","app":"web"}}: `selector` not auto-generated',
        'spec.template.metadata.labels: Invalid value: {"controller-uid":"7","job-name":"web","batch.kubernetes.io/controller-uid":"7","batch.kubernetes.io/job-name":"web"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'labels of another job',
      { template: { ...template, metadata: { labels: { 'job-name': 'other' } } } },
      [
        'spec.template.metadata.labels[job-name]: Invalid value: {"controller-uid":"7","job-name":"other","batch.kubernetes.io/controller-uid":"7","batch.kubernetes.io/job-name":"web"}: must be \'web\'',
      ],
    ],
    ['a failure policy', failure({ action: 'FailJob', onExitCodes }), []],
    [
      'a failure policy for nothing',
      failure({ action: 'Explode' }),
      [
        `${rule0}.action: Unsupported value: "Explode": supported values: "Count", "FailIndex", "FailJob", "Ignore"`,
        `${rule0}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`,
      ],
    ],
    [
      'exit codes',
      failure({ action: 'Ignore', onExitCodes: { operator: 'In', values: [3, 0, 3], containerName: 'x' } }),
      [
        `${rule0}.onExitCodes.containerName: Invalid value: "x": must be one of the container or initContainer names in the pod template`,
        `${rule0}.onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator`,
        `${rule0}.onExitCodes.values[2]: Duplicate value: 3`,
        `${rule0}.onExitCodes.values: Invalid value: [3,0,3]: must be ordered`,
      ],
    ],
    [
      'an index that fails without limit',
      failure({ action: 'FailIndex', onPodConditions: [{ type: 'DisruptionTarget' }] }),
      [`${rule0}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`],
    ],
    [
      'a failure policy for pods that restart',
      {
        ...failure({ action: 'FailJob', onExitCodes }),
        template: { spec: { ...template.spec, restartPolicy: 'OnFailure' } },
      },
      [
        'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
      ],
    ],
    ['a success policy', success({ succeededIndexes: '0-1', succeededCount: 1 }), []],
    [
      'a success policy of no rule',
      { ...indexed, successPolicy: { rules: [] } },
      [
        'spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified',
      ],
    ],
    [
      'indexes there are not',
      success({ succeededIndexes: '0,7' }),
      [
        'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0,7": error parsing succeededIndexes: too large index: "7"',
      ],
    ],
    [
      'more than there are',
      success({ succeededIndexes: '0-1', succeededCount: 4 }),
      [
        'spec.successPolicy.rules[0].succeededCount: Invalid value: 4: must be less than or equal to 3 (the number of specified completions)',
        'spec.successPolicy.rules[0].succeededCount: Invalid value: 4: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)',
      ],
    ],
    [
      'pods replaced while they end',
      { podReplacementPolicy: 'TerminatingOrFailed', ...failure({ action: 'FailJob', onExitCodes }) },
      ['spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"'],
    ],
  ])('%s', (_, spec, expected) => expect(errorsOf(jobOf(spec))).toEqual(expected))

  const scheduling = { nodeSelector: { zone: 'a' }, tolerations: [{ key: 'a', operator: 'Exists' }] }
  const moved = { template: { spec: { ...template.spec, ...scheduling } } }
  const suspended = { suspend: true }
  const containers = template.spec.containers.map(each => ({ ...each, resources: { requests: { cpu: '1' } } }))
  const smaller = { template: { spec: { ...template.spec, containers } } }
  test.each<[string, Fields, Fields, Fields, (string | RegExp)[]]>([
    ['parallelism', { parallelism: 2, completions: 1 }, {}, {}, []],
    ['completions', { completions: 2 }, {}, {}, ['spec.completions: Invalid value: 2: field is immutable']],
    [
      'completions of an indexed one',
      { ...indexed, completions: 5 },
      indexed,
      {},
      ['spec.completions: Invalid value: 5: can only be modified in tandem with spec.parallelism'],
    ],
    ['an indexed one as a whole', { ...indexed, completions: 5, parallelism: 5 }, indexed, {}, []],
    ['where pods run', moved, {}, {}, [/^spec.template: Invalid value: .*: field is immutable$/]],
    ['where pods will run', { ...moved, ...suspended }, suspended, {}, []],
    ['where pods ran', { ...moved, ...suspended }, suspended, { startTime: createdAt }, []],
    ['where pods still run', { ...moved, ...suspended }, suspended, { active: 1 }, [/^spec.template: /]],
    ['what pods will need', { ...smaller, ...suspended }, suspended, {}, []],
    ['what pods need', smaller, {}, {}, [/^spec.template: /]],
    ['mode', indexed, { completions: 3 }, {}, ['spec.completionMode: Invalid value: "Indexed": field is immutable']],
  ])('an update of %s', (_, spec, oldSpec, status, expected) => {
    const errors = texts(jobs.strategy?.validateUpdate?.(jobOf(spec), jobOf(oldSpec, status)))
    expect(errors).toEqual(expected.map(each => (typeof each === 'string' ? each : expect.stringMatching(each))))
  })

  const condition = (...types: string[]) => ({ conditions: types.map(type => ({ type, status: 'True' })) })
  const done = { ...condition('SuccessCriteriaMet', 'Complete'), startTime: createdAt, completionTime: createdAt }
  test.each<[string, Fields, Fields, string[]]>([
    ['the way of a job', { ...done, succeeded: 1 }, { startTime: createdAt, active: 1 }, []],
    ['a condition of its own', condition('Mine'), {}, []],
    [
      'complete without time',
      condition('SuccessCriteriaMet', 'Complete'),
      {},
      [
        'status.completionTime: Required value: completionTime is required for Complete jobs',
        'status.startTime: Required value: startTime is required for finished job',
      ],
    ],
    [
      'complete without reason',
      { ...done, ...condition('Complete') },
      {},
      [
        'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
      ],
    ],
    [
      'failed at once',
      { ...condition('Failed'), startTime: createdAt },
      {},
      ['status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition'],
    ],
    [
      'begun anew',
      { startTime: createdAt },
      done,
      [
        'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
        'status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition',
      ],
    ],
    [
      'fewer failures',
      { failed: 1 },
      { failed: 2 },
      ['status.failed: Invalid value: 1: cannot decrease the failed counter'],
    ],
    [
      'more ready than there are',
      { ready: 2, active: 1 },
      {},
      ['status.ready: Invalid value: 2: cannot set more ready pods than active'],
    ],
    [
      'indexes of one that has none',
      { completedIndexes: '0' },
      {},
      [
        'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
      ],
    ],
  ])('status: %s', (_, status, old, expected) => {
    const { validateUpdate } = jobs.subresources?.status ?? {}
    expect(texts(validateUpdate?.(jobOf({}, status), jobOf({}, old)))).toEqual(expected)
  })
})

const cron = (spec: Fields = {}, name = 'web') =>
  objectOf(
    cronJobs,
    { spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template } }, ...spec } },
    { name },
  ) as unknown as CronJob

describe('cron jobs', () => {
  test.each<[string, Fields, string[]]>([
    ['a minimal one', {}, []],
    ['one every so often', { schedule: '@every 1h30m' }, []],
    ['a time zone', { timeZone: 'Europe/Berlin' }, []],
    ['no schedule', { schedule: '' }, ['spec.schedule: Required value']],
    [
      'too few fields',
      { schedule: '* * * *' },
      ['spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]'],
    ],
    [
      'a zone in the schedule',
      { schedule: 'TZ=UTC 0 0 * * *' },
      [
        'spec.schedule: Invalid value: "TZ=UTC 0 0 * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      ],
    ],
    ['no zone', { timeZone: '' }, ['spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string']],
    [
      'an unknown zone',
      { timeZone: 'Mars/Base' },
      ['spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base'],
    ],
    [
      'the zone of the server',
      { timeZone: 'Local' },
      [
        'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ],
    ],
    [
      'an unknown policy',
      { concurrencyPolicy: 'Queue' },
      ['spec.concurrencyPolicy: Unsupported value: "Queue": supported values: "Allow", "Forbid", "Replace"'],
    ],
    [
      'a selector',
      { jobTemplate: { spec: { template, selector: {}, manualSelector: true } } },
      [
        'spec.jobTemplate.spec.selector: Invalid value: {}: `selector` will be auto-generated',
        'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"',
      ],
    ],
  ])('%s', (_, spec, expected) => expect(texts(cronJobs.strategy?.validate?.(cron(spec)))).toEqual(expected))

  test('a long name leaves no room for the time', () => {
    const name = 'x'.repeat(53)
    expect(texts(cronJobs.strategy?.validateCreate?.(cron({}, name)))).toEqual([
      `metadata.name: Invalid value: "${name}": must be no more than 52 characters`,
    ])
  })

  test('a zone that was in the schedule may stay there', () => {
    const old = cron({ schedule: 'TZ=UTC 0 0 * * *' })
    expect(texts(cronJobs.strategy?.validate?.(cron({ schedule: 'TZ=UTC 0 1 * * *' }), old))).toEqual([])
  })
})
