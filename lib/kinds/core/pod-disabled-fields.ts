// Fields of features that upstream has not turned on by default: what is said there is not kept, unless the object
// already holds it.

import type { PodSpec } from './pod-types.ts'

const disabledSources = ['clusterTrustBundle', 'podCertificate'] as const

/** For pods and for every template of pods, when they are made and when they are changed. */
export function dropDisabledPodFields(spec: PodSpec | undefined, old?: PodSpec): void {
  if (!spec) return
  if (!old?.schedulingGroup) delete spec.schedulingGroup
  for (const name of disabledSources) {
    if (!projects(old, name)) for (const source of projectionsOf(spec)) delete source[name]
  }
}

function projectionsOf(spec: PodSpec | undefined) {
  return (spec?.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? [])
}

function projects(spec: PodSpec | undefined, name: (typeof disabledSources)[number]): boolean {
  return projectionsOf(spec).some(source => source[name] !== undefined)
}
