// Pod: containers that live and die together on one node.

import type { V1Pod } from '@kubernetes/client-node'
import { isPodTerminal } from '../../api/conditions.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { rfc3339 } from '../../util/clock.ts'
import { restoreMember } from '../status-subresource.ts'
import { podColumns } from './pod-columns.ts'
import { prepareNewPod } from './pod-create.ts'
import { defaultPodOnly, defaultPodSpec } from './pod-defaults.ts'
import { dropDisabledPodFields } from './pod-disabled-fields.ts'
import { ephemeralContainersSubresource } from './pod-ephemeral-containers.ts'
import { resizeSubresource } from './pod-resize.ts'
import { podStatusSubresource } from './pod-status.ts'
import type { PodSpec } from './pod-types.ts'
import { validatePodUpdate } from './pod-update-validation.ts'
import { validateNewPod, validatePod } from './pod-validation.ts'
import { podWarnings } from './pod-warnings.ts'

export type Pod = Kube<V1Pod>

export const pods: ResourceDefinition<Pod> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  scope: 'Namespaced',
  shortNames: ['po'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V1Pod')
  },
  defaults: pod => {
    pod.spec ??= {} as PodSpec
    defaultPodSpec(pod.spec)
    defaultPodOnly(pod.spec)
    if (pod.status) mirrorPodIp(pod.status)
  },
  strategy: {
    prepareForCreate: prepareNewPod,
    prepareForUpdate: (pod, old) => {
      restoreMember(pod, old, 'status')
      dropDisabledPodFields(pod.spec, old.spec)
    },
    stamp: (pod, { nowMs }) => {
      for (const condition of pod.status?.conditions ?? []) condition.lastTransitionTime = rfc3339(nowMs)
    },
    validate: validatePod,
    validateCreate: validateNewPod,
    validateUpdate: validatePodUpdate,
    warnings: podWarnings,
    gracePeriodSeconds,
    returnsDeletedObject: true,
  },
  subresources: {
    status: podStatusSubresource,
    ephemeralcontainers: ephemeralContainersSubresource,
    resize: resizeSubresource,
  },
  tracksGeneration: true,
  columns: podColumns,
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec?.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec?.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec?.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec?.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec?.hostNetwork ?? false),
    'status.phase': ({ status }) => status?.phase ?? '',
    'status.podIP': ({ status }) => status?.podIPs?.[0]?.ip ?? status?.podIP ?? '',
    'status.podIPs': ({ status }) => (status?.podIPs ?? []).map(({ ip }) => ip).join(','),
    'status.nominatedNodeName': ({ status }) => status?.nominatedNodeName ?? '',
  },
}

/** `podIP` is the first of `podIPs`. */
function mirrorPodIp(status: NonNullable<Pod['status']>): void {
  const first = status.podIPs?.[0]?.ip
  if (status.podIP && status.podIP !== first) status.podIPs = [{ ip: status.podIP }]
  else if (first) status.podIP = first
}

/** At once where no node has to stop anything. */
function gracePeriodSeconds(pod: Pod, requested: number | undefined): number {
  if (!pod.spec?.nodeName || isPodTerminal(pod)) return 0
  const period = requested ?? pod.spec.terminationGracePeriodSeconds ?? 0
  return period < 0 ? 1 : period
}
