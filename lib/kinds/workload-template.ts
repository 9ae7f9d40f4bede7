// What every kind with a template of pods does when it is written: fields that are turned off go, and what is doubtful
// is said.

import type { KubeObject } from '../api/meta.ts'
import { dropDisabledPodFields } from './core/pod-disabled-fields.ts'
import type { PodTemplateSpec } from './core/pod-types.ts'
import { podNamePrefixWarnings, podTemplateWarnings } from './core/pod-warnings.ts'

interface Workload extends KubeObject {
  spec?: { template?: PodTemplateSpec } | undefined
}

export function dropDisabledTemplateFields({ spec }: Workload, old?: Workload): void {
  dropDisabledPodFields(spec?.template?.spec, old?.spec?.template?.spec)
}

/** Not of updates that change metadata or the status only. */
export function templateWarnings(workload: Workload, old?: Workload): string[] {
  if (old && old.metadata.generation === workload.metadata.generation) return []
  return podTemplateWarnings(workload.spec?.template, 'spec.template')
}

/** For kinds whose pods are called after them. */
export function namedTemplateWarnings(workload: Workload, old?: Workload): string[] {
  return [...(old ? [] : podNamePrefixWarnings(workload)), ...templateWarnings(workload, old)]
}
