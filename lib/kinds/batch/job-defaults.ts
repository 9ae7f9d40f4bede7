// What a job's spec means where it says nothing.

import { defaultPodTemplate } from '../core/pod-defaults.ts'
import type { JobSpec } from './job.ts'

const maxInt32 = 2 ** 31 - 1

export function defaultJobSpec(spec: JobSpec): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : maxInt32
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'
  defaultJobTemplate(spec)
}

/** The part that is also said of the template in a CronJob: the rest is defaulted when a job is made of it. */
export function defaultJobTemplate(spec: JobSpec | undefined): void {
  for (const rule of spec?.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True'
  }
  defaultPodTemplate(spec?.template)
}
