// What must hold for a CronJob: a schedule that can be read, a time zone that exists, a job that could be made.

import { type FieldError, invalid, notSupported, required } from '../../api/field-errors.ts'
import { nonNegative } from '../../api/validation.ts'
import { requiredWord } from '../../api/validation-rules.ts'
import { isTimeZone, parseCron } from '../../util/cron.ts'
import type { CronJob } from './cron-job.ts'
import { validateJobSpec } from './job-validation.ts'

type CronJobSpec = NonNullable<CronJob['spec']>
type JobTemplate = CronJobSpec['jobTemplate']

/** A job's name is at most 63 characters, 11 of which are the time it was made for. */
const maxNameLength = 52

/** What was let in before it was refused may stay. */
export function validateCronJob({ spec }: CronJob, old?: CronJob): FieldError[] {
  return spec ? specErrors(spec, old?.spec) : []
}

export function validateNewCronJob({ metadata: { name = '' } }: CronJob): FieldError[] {
  if (name.length <= maxNameLength) return []
  return [invalid('metadata.name', name, `must be no more than ${maxNameLength} characters`)]
}

function specErrors(spec: CronJobSpec, old?: CronJobSpec): FieldError[] {
  const { schedule, timeZone, jobTemplate } = spec
  const limits = ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'] as const
  const isNewZone = timeZone !== undefined && timeZone !== old?.timeZone
  return [
    ...(schedule ? scheduleErrors(spec, old) : [required('spec.schedule')]),
    ...nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds),
    ...(isNewZone ? timeZoneErrors(timeZone, 'spec.timeZone') : []),
    ...requiredWord('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']),
    ...templateErrors(jobTemplate, 'spec.jobTemplate.spec'),
    ...limits.flatMap(name => nonNegative(`spec.${name}`, spec[name])),
  ]
}

function scheduleErrors({ schedule, timeZone }: CronJobSpec, old?: CronJobSpec): FieldError[] {
  const field = 'spec.schedule'
  const namesZone = schedule.includes('TZ')
  const mayNameZone = old?.schedule.includes('TZ') ?? false
  const refused = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
  const both = 'cannot use both timeZone field and TZ or CRON_TZ in schedule'
  const wrong = scheduleFault(schedule)
  return [
    ...(wrong === undefined ? [] : [invalid(field, schedule, wrong)]),
    ...(namesZone && !mayNameZone ? [invalid(field, schedule, refused)] : []),
    ...(namesZone && mayNameZone && timeZone !== undefined ? [invalid(field, schedule, both)] : []),
  ]
}

function scheduleFault(schedule: string): string | undefined {
  try {
    parseCron(schedule)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function timeZoneErrors(name: string, field: string): FieldError[] {
  if (name === '') return [invalid(field, name, 'timeZone must be nil or non-empty string')]
  const parts = name.split('/')
  const isName = parts.every(part => /^[A-Za-z.\-_0-9+]{1,14}$/.test(part) && !/^(\.\.?$|-)/.test(part))
  const unknown = invalid(field, name, `unknown time zone ${name}`)
  if (!isName) return [unknown]
  if (name.toLowerCase() === 'local') {
    const text = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
    return name === 'Local' ? [invalid(field, name, text)] : [invalid(field, name, text), unknown]
  }
  return isTimeZone(name) ? [] : [unknown]
}

function templateErrors(template: JobTemplate | undefined, field: string): FieldError[] {
  const spec = template?.spec
  if (!spec) return [required(field)]
  return [
    ...validateJobSpec(spec, field),
    ...(spec.selector ? [invalid(`${field}.selector`, spec.selector, '`selector` will be auto-generated')] : []),
    ...(spec.manualSelector ? [notSupported(`${field}.manualSelector`, true, ['nil', 'false'])] : []),
  ]
}
