// A job selects its own pods by its uid, unless told not to.

import { type FieldError, invalid, required } from '../../api/field-errors.ts'
import { matchesSelector } from '../../api/selectors.ts'
import type { Job } from './job.ts'

const uidLabel = 'batch.kubernetes.io/controller-uid'

function ownLabels({ metadata: { uid = '', name = '' } }: Job): Record<string, string> {
  return { 'controller-uid': uid, 'job-name': name, [uidLabel]: uid, 'batch.kubernetes.io/job-name': name }
}

export function selectOwnPods(job: Job): void {
  const { metadata, spec } = job
  if (!spec || spec.manualSelector) return
  spec.template ??= {}
  spec.template.metadata ??= {}
  spec.template.metadata.labels = { ...ownLabels(job), ...spec.template.metadata.labels }
  spec.selector ??= {}
  spec.selector.matchLabels = { [uidLabel]: metadata.uid ?? '', ...spec.selector.matchLabels }
}

/** The labels may have been given by the user; they must then be the very same. */
export function validateGeneratedSelector(job: Job): FieldError[] {
  const { metadata, spec } = job
  if (!spec?.selector || spec.manualSelector) return []
  const labels: Record<string, string> = spec.template?.metadata?.labels ?? {}
  const own = ownLabels(job)
  const field = 'spec.template.metadata.labels'
  return [
    ...(metadata.uid ? [] : [required('metadata.uid')]),
    ...Object.entries(own).flatMap(([key, value]) => {
      if (labels[key] === value) return []
      const text = `must be '${value}'`
      return [key in labels ? invalid(`${field}[${key}]`, labels, text) : required(`${field}[${key}]`, text)]
    }),
    ...(matchesSelector(spec.selector, own)
      ? []
      : [invalid('spec.selector', spec.selector, '`selector` not auto-generated')]),
  ]
}
