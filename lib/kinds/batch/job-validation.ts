// What must hold for jobs, and for the templates of jobs in CronJobs.

import { type FieldError, invalid, notSupported, required } from '../../api/field-errors.ts'
import { matchesSelector } from '../../api/selectors.ts'
import { immutable, nonNegative } from '../../api/validation.ts'
import { optionalWord } from '../../api/validation-rules.ts'
import { validateLabelSelector } from '../../api/validation-selectors.ts'
import { validatePodTemplate } from '../core/pod-validation.ts'
import type { Job, JobSpec } from './job.ts'

export function validateJob({ spec }: Job): FieldError[] {
  if (!spec) return []
  const field = 'spec'
  const selector = spec.selector
  const labels = spec.template?.metadata?.labels
  return [
    ...validateJobSpec(spec, field),
    ...(selector ? validateLabelSelector(selector, 'spec.selector') : [required('spec.selector')]),
    ...(selector && !matchesSelector(selector, labels)
      ? [invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]
      : []),
  ]
}

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
] as const

export function validateJobSpec(spec: JobSpec, field: string): FieldError[] {
  return [
    ...counts.flatMap(name => nonNegative(`${field}.${name}`, spec[name])),
    ...completionMode(spec, field),
    ...(spec.template ? validatePodTemplate(spec.template, `${field}.template`) : [required(`${field}.template`)]),
    ...restartPolicy(spec, `${field}.template.spec.restartPolicy`),
    ...optionalWord(`${field}.podReplacementPolicy`, spec.podReplacementPolicy, ['Failed', 'TerminatingOrFailed']),
  ]
}

function completionMode({ completionMode: mode, completions }: JobSpec, field: string): FieldError[] {
  if (mode !== 'Indexed') return optionalWord(`${field}.completionMode`, mode, ['NonIndexed', 'Indexed'])
  if (completions !== undefined) return []
  return [required(`${field}.completions`, 'when completion mode is Indexed')]
}

/** A job's pods end some day. */
function restartPolicy({ template }: JobSpec, field: string): FieldError[] {
  const policy = template?.spec?.restartPolicy
  const allowed = ['OnFailure', 'Never']
  if (policy === undefined || allowed.includes(policy)) return []
  // The default, which cannot be told from what was asked for.
  if (policy === 'Always') return [required(field, `valid values: ${allowed.map(p => JSON.stringify(p)).join(', ')}`)]
  return [notSupported(field, policy, allowed)]
}

export function validateJobUpdate({ spec }: Job, { spec: old }: Job): FieldError[] {
  if (!spec || !old) return []
  const fixed = ['selector', 'completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy'] as const
  const mayScale = spec.completionMode === 'Indexed'
  return [
    ...(mayScale ? [] : immutable('spec.completions', spec.completions, old.completions)),
    ...fixed.flatMap(name => immutable(`spec.${name}`, spec[name], old[name])),
    ...(old.suspend ? [] : immutable('spec.template', spec.template, old.template)),
  ]
}
