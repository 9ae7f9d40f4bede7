// What is allowed in jobs and CronJobs, and better not done.

import { podNamePrefixWarnings, podTemplateWarnings } from '../core/pod-warnings.ts'
import type { CronJob } from './cron-job.ts'
import type { Job, JobSpec } from './job.ts'

const manyCompletions = 100_000
const muchParallelism = 10_000
const cronPage = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/'

export function jobWarnings(job: Job, old?: Job): string[] {
  const isSame = old !== undefined && old.metadata.generation === job.metadata.generation
  return [
    ...(old ? [] : podNamePrefixWarnings(job)),
    ...(isSame ? [] : specWarnings(job.spec)),
    ...(isSame ? [] : podTemplateWarnings(job.spec?.template, 'spec.template')),
  ]
}

function specWarnings(spec: JobSpec | undefined): string[] {
  const { completionMode, completions = 0, parallelism = 0 } = spec ?? {}
  if (completionMode !== 'Indexed' || completions <= manyCompletions || parallelism <= muchParallelism) return []
  return [
    'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail',
  ]
}

export function cronJobWarnings(job: CronJob, old?: CronJob): string[] {
  const isSame = old !== undefined && old.metadata.generation === job.metadata.generation
  const template = job.spec?.jobTemplate?.spec?.template
  return [
    ...(old ? [] : podNamePrefixWarnings(job)),
    ...(isSame ? [] : podTemplateWarnings(template, 'spec.jobTemplate.spec.template')),
    ...(old && job.spec?.schedule?.includes('TZ')
      ? [
          `spec.schedule: CRON_TZ or TZ used in spec.schedule is not officially supported, see ${cronPage} for more details`,
        ]
      : []),
  ]
}
