// CronJob: jobs by the clock.

import type { V1CronJob } from '@kubernetes/client-node'
import { type FieldError, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { formatLabelSelector } from '../../api/selectors.ts'
import { nonNegative } from '../../api/validation.ts'
import { requiredText, requiredWord } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, containerColumns, countColumn, nameColumn, textColumn } from '../columns.ts'
import { defaultPodTemplate } from '../core/pod-defaults.ts'
import { ageSince } from '../human-duration.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { validateJobSpec } from './job-validation.ts'

export type CronJob = Kube<V1CronJob>
type CronJobSpec = NonNullable<CronJob['spec']>

export const cronJobs: ResourceDefinition<CronJob> = {
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  scope: 'Namespaced',
  shortNames: ['cj'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V1CronJob')
  },
  defaults: job => {
    job.spec ??= {} as CronJobSpec
    defaultSpec(job.spec)
    job.status ??= {}
  },
  strategy: {
    prepareForCreate: job => {
      job.status = {}
    },
    prepareForUpdate: (job, old) => restoreMember(job, old, 'status'),
    validate: validateCronJob,
  },
  subresources: { status: statusSubresource() },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('Schedule', ({ spec }) => spec?.schedule ?? ''),
    textColumn('Timezone', ({ spec }) => spec?.timeZone ?? '<none>'),
    textColumn('Suspend', ({ spec }) => (spec?.suspend ? 'True' : 'False')),
    countColumn('Active', ({ status }) => status?.active?.length),
    textColumn('Last Schedule', ({ status }, now) =>
      status?.lastScheduleTime ? ageSince(status.lastScheduleTime, now) : '<none>',
    ),
    ageColumn,
    ...containerColumns<CronJob>(({ spec }) => spec?.jobTemplate?.spec?.template),
    textColumn('Selector', ({ spec }) => formatLabelSelector(spec?.jobTemplate?.spec?.selector), 1),
  ],
}

function defaultSpec(spec: CronJobSpec): void {
  spec.concurrencyPolicy ||= 'Allow'
  spec.suspend ??= false
  spec.successfulJobsHistoryLimit ??= 3
  spec.failedJobsHistoryLimit ??= 1
  // The rest of the job's spec is defaulted when a job is made of it.
  defaultPodTemplate(spec.jobTemplate?.spec?.template)
}

function validateCronJob({ metadata, spec }: CronJob): FieldError[] {
  if (!spec) return []
  const nameLimit = 52
  const isTooLong = (metadata.name ?? '').length > nameLimit
  const limits = ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit'] as const
  return [
    ...(isTooLong ? [nameTooLong(metadata.name ?? '', nameLimit)] : []),
    ...requiredText('spec.schedule', spec.schedule),
    ...limits.flatMap(name => nonNegative(`spec.${name}`, spec[name])),
    ...requiredWord('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']),
    ...(spec.jobTemplate?.spec
      ? validateJobSpec(spec.jobTemplate.spec, 'spec.jobTemplate.spec')
      : [required('spec.jobTemplate.spec')]),
  ]
}

function nameTooLong(name: string, limit: number): FieldError {
  const body = `Invalid value: ${JSON.stringify(name)}: must be no more than ${limit} characters`
  return { type: 'FieldValueInvalid', field: 'metadata.name', body }
}
