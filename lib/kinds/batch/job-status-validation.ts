// What must hold for the status of a job: whoever manages it, it tells one story from start to end.

import { isConditionTrue } from '../../api/conditions.ts'
import { duplicate, type FieldError, invalid, invalidWhole, required } from '../../api/field-errors.ts'
import { nonNegative } from '../../api/validation.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import type { Job } from './job.ts'
import { commonIndex, countIndexes } from './job-indexes.ts'

type Status = NonNullable<Job['status']>

const is = ({ status }: Job, type: string) => isConditionTrue(status?.conditions, type)
const isFinished = (job: Job) => is(job, 'Complete') || is(job, 'Failed')

export function validateJobStatusUpdate(job: Job, old: Job): FieldError[] {
  const change: Change = {
    is: type => is(job, type) !== is(old, type),
    of: name => !jsonEqual(job.status?.[name] ?? null, old.status?.[name] ?? null),
  }
  const isFinishing = isFinished(job) !== isFinished(old)
  return [
    ...countErrors(job.status ?? {}),
    ...conditionErrors(job, change),
    ...timeErrors(job, change, isFinishing),
    ...podErrors(job, change, isFinishing),
    ...indexErrors(job, change),
    ...successErrors(job),
    ...backwards(job, old, change),
  ]
}

interface Change {
  is(condition: string): boolean
  of(member: keyof Status): boolean
}

const conditionsField = 'status.conditions'

function countErrors(status: Status): FieldError[] {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {}
  const seen = new Set<string>()
  const uids = (list: string[], field: string) =>
    list.flatMap((uid, i) => {
      if (uid === '') return [invalid(`${field}[${i}]`, uid, 'must not be empty')]
      if (seen.has(uid)) return [duplicate(`${field}[${i}]`, uid)]
      seen.add(uid)
      return []
    })
  return [
    ...(['active', 'succeeded', 'failed', 'ready', 'terminating'] as const).flatMap(name =>
      nonNegative(`status.${name}`, status[name]),
    ),
    ...uids(succeeded, 'status.uncountedTerminatedPods.succeeded'),
    ...uids(failed, 'status.uncountedTerminatedPods.failed'),
  ]
}

/** Of two conditions, when one of them has changed: not both, or not the one without the other. */
function conditionErrors(job: Job, change: Change): FieldError[] {
  const hasChanged = (...types: string[]) => types.some(change.is)
  const both = (one: string, other: string) => is(job, one) && is(job, other)
  const without = (one: string, other: string) => is(job, one) && !is(job, other)
  const rules: [boolean, string][] = [
    [
      hasChanged('Complete', 'Failed') && both('Complete', 'Failed'),
      'cannot set Complete=True and Failed=true conditions',
    ],
    [
      hasChanged('Complete', 'FailureTarget') && both('Complete', 'FailureTarget'),
      'cannot set Complete=True and FailureTarget=true conditions',
    ],
    [
      hasChanged('Failed', 'FailureTarget') && without('Failed', 'FailureTarget'),
      'cannot set Failed=True condition without the FailureTarget=true condition',
    ],
    [
      hasChanged('Complete', 'SuccessCriteriaMet') && without('Complete', 'SuccessCriteriaMet'),
      'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    ],
  ]
  return rules.filter(([isBroken]) => isBroken).map(([, text]) => invalidWhole(conditionsField, text))
}

function timeErrors(job: Job, change: Change, isFinishing: boolean): FieldError[] {
  const { startTime, completionTime } = job.status ?? {}
  const field = 'status.completionTime'
  const isComplete = is(job, 'Complete')
  const concernsCompletion = change.is('Complete') || change.of('completionTime')
  const isReversed = startTime && completionTime && Date.parse(completionTime) < Date.parse(startTime)
  const early = 'cannot set completionTime when there is no Complete=True condition'
  return [
    ...(concernsCompletion && completionTime && !isComplete ? [invalid(field, completionTime, early)] : []),
    ...(concernsCompletion && !completionTime && isComplete
      ? [required(field, 'completionTime is required for Complete jobs')]
      : []),
    ...(isReversed && (change.of('startTime') || change.of('completionTime'))
      ? [invalid(field, completionTime, 'completionTime cannot be set before startTime')]
      : []),
    ...(isFinished(job) && !startTime && (isFinishing || change.of('startTime'))
      ? [required('status.startTime', 'startTime is required for finished job')]
      : []),
  ]
}

function podErrors(job: Job, change: Change, isFinishing: boolean): FieldError[] {
  const { active = 0, ready, terminating = 0, uncountedTerminatedPods: uncounted } = job.status ?? {}
  const ended = isFinished(job)
  const hasUncounted = (uncounted?.succeeded?.length ?? 0) + (uncounted?.failed?.length ?? 0) > 0
  const field = 'status.uncountedTerminatedPods'
  return [
    ...(isFinishing && ended && active > 0
      ? [invalid('status.active', active, 'active>0 is invalid for finished job')]
      : []),
    ...(ended && hasUncounted && (isFinishing || change.of('uncountedTerminatedPods'))
      ? [invalid(field, uncounted, 'uncountedTerminatedPods needs to be empty for finished job')]
      : []),
    ...(ended && terminating > 0 && (isFinishing || change.of('terminating'))
      ? [invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job')]
      : []),
    ...(ready !== undefined && ready > active && (change.of('ready') || change.of('active'))
      ? [invalid('status.ready', ready, 'cannot set more ready pods than active')]
      : []),
  ]
}

function indexErrors(job: Job, change: Change): FieldError[] {
  const { completedIndexes: completed = '', failedIndexes: failed } = job.status ?? {}
  const { completions, completionMode, backoffLimitPerIndex } = job.spec ?? {}
  const completedChanged = change.of('completedIndexes')
  const failedChanged = change.of('failedIndexes')
  const field = { completed: 'status.completedIndexes', failed: 'status.failedIndexes' }
  const notIndexed = 'cannot set non-empty completedIndexes when non-indexed completion mode'
  const noLimit = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'
  const wrong = {
    completed: completions === undefined ? undefined : fault(() => countIndexes(completed, completions)),
    failed: completions === undefined ? undefined : fault(() => countIndexes(failed ?? '', completions)),
  }
  const mayOverlap = completions !== undefined && !wrong.completed && !wrong.failed
  const common = mayOverlap ? commonIndex(failed ?? '', completed, completions) : undefined
  const overlap = `failedIndexes and completedIndexes overlap at index: ${common}`
  return [
    ...(completedChanged && wrong.completed
      ? [invalid(field.completed, completed, `error parsing completedIndexes: ${wrong.completed}`)]
      : []),
    ...(failedChanged && wrong.failed
      ? [invalid(field.failed, failed, `error parsing failedIndexes: ${wrong.failed}`)]
      : []),
    ...(completedChanged && completed && completionMode !== 'Indexed'
      ? [invalid(field.completed, completed, notIndexed)]
      : []),
    ...(failedChanged && failed !== undefined && backoffLimitPerIndex === undefined
      ? [invalid(field.failed, failed, noLimit)]
      : []),
    ...(common !== undefined && (completedChanged || failedChanged) ? [invalid(field.failed, failed, overlap)] : []),
  ]
}

function fault(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function successErrors(job: Job): FieldError[] {
  const isMet = is(job, 'SuccessCriteriaMet')
  const rules: [boolean | undefined, string][] = [
    [isMet && is(job, 'Failed'), 'cannot set SuccessCriteriaMet=True and Failed=true conditions'],
    [isMet && is(job, 'FailureTarget'), 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'],
    [
      job.spec?.successPolicy && !isMet && is(job, 'Complete'),
      'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
    ],
  ]
  return rules.filter(([isBroken]) => isBroken).map(([, text]) => invalidWhole(conditionsField, text))
}

/** What has happened does not unhappen. */
function backwards(job: Job, old: Job, change: Change): FieldError[] {
  const [now, before] = [job.status ?? {}, old.status ?? {}]
  const { completionMode, completions, parallelism, suspend } = job.spec ?? {}
  const ended = ['Failed', 'Complete', 'FailureTarget'].filter(type => is(old, type) && !is(job, type))
  // One that was made smaller counts fewer.
  const mayShrink = completionMode === 'Indexed' && completions === parallelism
  const less = (name: 'failed' | 'succeeded') => (now[name] ?? 0) < (before[name] ?? 0)
  const lateSuccess = 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'
  return [
    ...ended.map(type => invalidWhole(conditionsField, `cannot disable the terminal ${type}=True condition`)),
    ...(less('failed') ? [invalid('status.failed', now.failed ?? 0, 'cannot decrease the failed counter')] : []),
    ...(less('succeeded') && !mayShrink
      ? [invalid('status.succeeded', now.succeeded ?? 0, 'cannot decrease the succeeded counter')]
      : []),
    ...(now.completionTime && before.completionTime && now.completionTime !== before.completionTime
      ? [invalid('status.completionTime', now.completionTime, 'completionTime cannot be mutated')]
      : []),
    ...(before.startTime && change.of('startTime') && !suspend
      ? [required('status.startTime', 'startTime cannot be removed for unsuspended job')]
      : []),
    ...(is(old, 'SuccessCriteriaMet') && !is(job, 'SuccessCriteriaMet')
      ? [invalidWhole(conditionsField, 'cannot disable the SuccessCriteriaMet=True condition')]
      : []),
    ...(is(old, 'Complete') && !is(old, 'SuccessCriteriaMet') && is(job, 'SuccessCriteriaMet')
      ? [invalidWhole(conditionsField, lateSuccess)]
      : []),
  ]
}
