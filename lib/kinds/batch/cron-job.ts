// CronJob: jobs by the clock.

import type { V1CronJob } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { formatLabelSelector } from '../../api/selectors.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, containerColumns, countColumn, nameColumn, textColumn } from '../columns.ts'
import { dropDisabledPodFields } from '../core/pod-disabled-fields.ts'
import { ageSince } from '../human-duration.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { validateCronJob, validateNewCronJob } from './cron-job-validation.ts'
import { defaultJobTemplate } from './job-defaults.ts'
import { cronJobWarnings } from './job-warnings.ts'

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
      dropDisabledPodFields(podSpecOf(job))
    },
    prepareForUpdate: (job, old) => {
      restoreMember(job, old, 'status')
      dropDisabledPodFields(podSpecOf(job), podSpecOf(old))
    },
    validate: validateCronJob,
    validateCreate: validateNewCronJob,
    warnings: cronJobWarnings,
  },
  subresources: { status: statusSubresource() },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('Schedule', ({ spec }) => spec?.schedule ?? ''),
    textColumn('Timezone', ({ spec }) => spec?.timeZone ?? '<none>'),
    { name: 'Suspend', type: 'boolean', value: ({ spec }) => (spec?.suspend ? 'True' : 'False') },
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
  defaultJobTemplate(spec.jobTemplate?.spec)
}

function podSpecOf({ spec }: CronJob) {
  return spec?.jobTemplate?.spec?.template?.spec
}
