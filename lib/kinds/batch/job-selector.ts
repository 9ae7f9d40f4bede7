// A job selects its own pods by its uid, unless told not to.

import type { Job } from './job.ts'

const uidLabel = 'batch.kubernetes.io/controller-uid'

export function selectOwnPods({ metadata, spec }: Job): void {
  if (!spec || spec.manualSelector) return
  const { uid = '', name = '' } = metadata
  const own = { 'controller-uid': uid, [uidLabel]: uid, 'job-name': name, 'batch.kubernetes.io/job-name': name }
  spec.template.metadata ??= {}
  spec.template.metadata.labels = { ...own, ...spec.template.metadata.labels }
  spec.selector ??= {}
  spec.selector.matchLabels = { [uidLabel]: uid, ...spec.selector.matchLabels }
}
