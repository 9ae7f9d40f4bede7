// What must hold for jobs, and for the templates of jobs in CronJobs.

import { type FieldError, invalid, notSupported, required, tooLong } from '../../api/field-errors.ts'
import { matchesSelector } from '../../api/selectors.ts'
import { nonNegative } from '../../api/validation.ts'
import { domainPrefixedPath } from '../../api/validation-domains.ts'
import { dnsLabelErrors } from '../../api/validation-names.ts'
import { optionalWord } from '../../api/validation-rules.ts'
import { validateLabelSelector } from '../../api/validation-selectors.ts'
import { goQuote } from '../../util/go-quote.ts'
import { validatePodTemplate } from '../core/pod-validation.ts'
import type { Job, JobSpec } from './job.ts'
import { validatePodFailurePolicy, validateSuccessPolicy } from './job-policy-validation.ts'
import { validateGeneratedSelector } from './job-selector.ts'

/** Of Indexed jobs, whose indexes are kept in their status. */
const maxIndexes = 100_000
const maxIndexesPerBackoff = 10_000
const maxManagedByBytes = 63

export function validateJob(job: Job): FieldError[] {
  const { metadata, spec } = job
  if (!spec) return []
  const { selector, completionMode, completions = 0 } = spec
  const labels = spec.template?.metadata?.labels
  const lastHost = `${metadata.name}-${completions - 1}`
  const hasNoHost = completionMode === 'Indexed' && completions > 0 && dnsLabelErrors(lastHost).length > 0
  return [
    ...validateGeneratedSelector(job),
    ...validateJobSpec(spec, 'spec'),
    ...(selector ? validateLabelSelector(selector, 'spec.selector') : [required('spec.selector')]),
    ...(selector && !matchesSelector(selector, labels)
      ? [invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]
      : []),
    ...(hasNoHost
      ? [invalid('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${lastHost}`)]
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
  'maxFailedIndexes',
] as const

export function validateJobSpec(spec: JobSpec, field: string): FieldError[] {
  const { managedBy, maxFailedIndexes, backoffLimitPerIndex } = spec
  const lacksLimit = maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined
  return [
    ...counts.flatMap(name => nonNegative(`${field}.${name}`, spec[name])),
    ...(lacksLimit ? [required(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')] : []),
    ...(managedBy === undefined ? [] : domainPrefixedPath(`${field}.managedBy`, managedBy)),
    ...(Buffer.byteLength(managedBy ?? '') > maxManagedByBytes
      ? [tooLong(`${field}.managedBy`, maxManagedByBytes)]
      : []),
    ...optionalWord(`${field}.completionMode`, spec.completionMode, ['NonIndexed', 'Indexed']),
    ...(spec.completionMode === 'Indexed' ? indexedErrors(spec, field) : nonIndexedErrors(spec, field)),
    ...(spec.podFailurePolicy ? validatePodFailurePolicy(spec, `${field}.podFailurePolicy`) : []),
    ...successPolicy(spec, `${field}.successPolicy`),
    ...podReplacementPolicy(spec, `${field}.podReplacementPolicy`),
    ...(spec.template ? validatePodTemplate(spec.template, `${field}.template`) : [required(`${field}.template`)]),
    ...restartPolicy(spec, `${field}.template.spec.restartPolicy`),
  ]
}

function atMost(field: string, value: number | undefined, max: number, text: string): FieldError[] {
  return value !== undefined && value > max ? [invalid(field, value, `must be less than or equal to ${text}`)] : []
}

function indexedErrors(spec: JobSpec, field: string): FieldError[] {
  const { completions, parallelism, maxFailedIndexes, backoffLimitPerIndex } = spec
  const isHigh = completions !== undefined && completions > maxIndexes && backoffLimitPerIndex !== undefined
  const high = `${maxIndexesPerBackoff} when completions are above ${maxIndexes} and used with backoff limit per index`
  const failed = `${field}.maxFailedIndexes`
  return [
    ...(completions === undefined ? [required(`${field}.completions`, 'when completion mode is Indexed')] : []),
    ...atMost(`${field}.parallelism`, parallelism, maxIndexes, `${maxIndexes} when completion mode is Indexed`),
    ...(completions === undefined ? [] : atMost(failed, maxFailedIndexes, completions, 'completions')),
    ...atMost(failed, maxFailedIndexes, maxIndexes, `${maxIndexes}`),
    ...(isHigh && maxFailedIndexes === undefined
      ? [required(failed, `must be specified when completions is above ${maxIndexes}`)]
      : []),
    ...(isHigh ? atMost(`${field}.parallelism`, parallelism, maxIndexesPerBackoff, high) : []),
    ...(isHigh ? atMost(failed, maxFailedIndexes, maxIndexesPerBackoff, high) : []),
  ]
}

function nonIndexedErrors(spec: JobSpec, field: string): FieldError[] {
  return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const).flatMap(name =>
    spec[name] === undefined ? [] : [invalid(`${field}.${name}`, spec[name], 'requires indexed completion mode')],
  )
}

function successPolicy(spec: JobSpec, field: string): FieldError[] {
  if (!spec.successPolicy) return []
  if (spec.completionMode === 'Indexed') return validateSuccessPolicy(spec, field)
  return [invalid(field, spec.successPolicy, 'requires indexed completion mode')]
}

function podReplacementPolicy({ podReplacementPolicy: policy, podFailurePolicy }: JobSpec, field: string) {
  return optionalWord(field, policy, podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'])
}

/** A job's pods end some day. */
function restartPolicy({ template, podFailurePolicy }: JobSpec, field: string): FieldError[] {
  const policy = template?.spec?.restartPolicy
  const allowed = ['OnFailure', 'Never']
  // The default, which cannot be told from what was asked for.
  if (!policy || policy === 'Always') {
    return [required(field, `valid values: ${allowed.map(p => goQuote(p)).join(', ')}`)]
  }
  if (!allowed.includes(policy)) return [notSupported(field, policy, allowed)]
  if (!podFailurePolicy || policy === 'Never') return []
  return [invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified')]
}
