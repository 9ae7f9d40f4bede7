// Job: pods that run until enough of them have succeeded.

import type { V1Job } from '@kubernetes/client-node'
import { isConditionTrue } from '../../api/conditions.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { formatLabelSelector } from '../../api/selectors.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, containerColumns, nameColumn, textColumn } from '../columns.ts'
import { humanDuration } from '../human-duration.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { dropDisabledTemplateFields } from '../workload-template.ts'
import { defaultJobSpec } from './job-defaults.ts'
import { selectOwnPods } from './job-selector.ts'
import { validateJobStatusUpdate } from './job-status-validation.ts'
import { validateJobUpdate } from './job-update-validation.ts'
import { validateJob } from './job-validation.ts'
import { jobWarnings } from './job-warnings.ts'

export type Job = Kube<V1Job>
export type JobSpec = NonNullable<Job['spec']>

export const jobs: ResourceDefinition<Job> = {
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  scope: 'Namespaced',
  categories: ['all'],
  get schema() {
    return builtinSchema('V1Job')
  },
  defaults: job => {
    job.spec ??= {} as JobSpec
    defaultJobSpec(job.spec)
    const labels = job.spec.template?.metadata?.labels
    if (labels && !Object.keys(job.metadata.labels ?? {}).length) job.metadata.labels = { ...labels }
    job.status ??= {}
  },
  strategy: {
    prepareForCreate: job => {
      selectOwnPods(job)
      job.status = {}
      dropDisabledTemplateFields(job)
    },
    prepareForUpdate: (job, old) => {
      restoreMember(job, old, 'status')
      dropDisabledTemplateFields(job, old)
    },
    validate: validateJob,
    validateUpdate: validateJobUpdate,
    warnings: jobWarnings,
    orphansByDefault: {
      warning:
        'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
    },
  },
  subresources: { status: statusSubresource({ validateUpdate: validateJobStatusUpdate }) },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('Status', jobStatus),
    textColumn('Completions', completions),
    textColumn('Duration', duration),
    ageColumn,
    ...containerColumns<Job>(({ spec }) => spec?.template),
    textColumn('Selector', ({ spec }) => formatLabelSelector(spec?.selector), 1),
  ],
  selectableFields: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
}

function jobStatus({ metadata, status }: Job): string {
  const all = status?.conditions
  if (isConditionTrue(all, 'Complete')) return 'Complete'
  if (isConditionTrue(all, 'Failed')) return 'Failed'
  if (metadata.deletionTimestamp) return 'Terminating'
  if (isConditionTrue(all, 'Suspended')) return 'Suspended'
  if (isConditionTrue(all, 'FailureTarget')) return 'FailureTarget'
  return isConditionTrue(all, 'SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}

function completions({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`
  const { parallelism = 0 } = spec ?? {}
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function duration({ status }: Job, now: number): string {
  if (!status?.startTime) return ''
  const end = status.completionTime ? Date.parse(status.completionTime) : now
  return humanDuration(end - Date.parse(status.startTime))
}
