// A pod as it is made: its first status, and what its annotations and labels say moved to where it is looked for.

import type { Pod } from './pod.ts'
import { appArmorPrefix, appArmorProfileOf } from './pod-annotation-validation.ts'
import { dropDisabledPodFields } from './pod-disabled-fields.ts'
import { applyLabelKeys } from './pod-label-keys.ts'
import { qosClassOf } from './pod-qos.ts'
import { semanticEqual } from './pod-semantic-equal.ts'
import { eachContainer } from './pod-types.ts'

export function prepareNewPod(pod: Pod): void {
  pod.status = initialStatus(pod)
  if (!pod.spec) return
  dropDisabledPodFields(pod.spec)
  applyLabelKeys(pod.spec, pod.metadata.labels)
  for (const [container, profile] of appArmorFromAnnotations(pod)) {
    container.securityContext = { ...container.securityContext, appArmorProfile: profile }
  }
}

function initialStatus({ spec }: Pod): NonNullable<Pod['status']> {
  const isGated = (spec?.schedulingGates ?? []).length > 0
  const gated = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  }
  return {
    phase: 'Pending',
    ...(spec ? { qosClass: qosClassOf(spec) } : {}),
    ...(isGated ? { conditions: [gated] } : {}),
  }
}

/** The profiles that are said in annotations only, where they say something else than the pod as a whole. */
function appArmorFromAnnotations({ metadata, spec }: Pod) {
  if (!spec || spec.os?.name === 'windows') return []
  return eachContainer(spec, 'spec').flatMap(([container]) => {
    const said = metadata.annotations?.[appArmorPrefix + container.name]
    const profile = said === undefined ? undefined : appArmorProfileOf(said)
    if (!profile || container.securityContext?.appArmorProfile) return []
    const ofPod = spec.securityContext?.appArmorProfile
    return ofPod && semanticEqual(ofPod, profile) ? [] : [[container, profile] as const]
  })
}
