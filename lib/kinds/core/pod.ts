// Pod: containers that live and die together on one node.

import type { V1Pod } from '@kubernetes/client-node'
import { isPodTerminal } from '../../api/conditions.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { podColumns } from './pod-columns.ts'
import { defaultPodOnly, defaultPodSpec } from './pod-defaults.ts'
import { ephemeralContainersSubresource } from './pod-ephemeral-containers.ts'
import { qosClassOf } from './pod-qos.ts'
import { resizeSubresource } from './pod-resize.ts'
import { validatePodStatusUpdate } from './pod-status-validation.ts'
import type { PodSpec } from './pod-types.ts'
import { validatePodUpdate } from './pod-update-validation.ts'
import { validateNewPod, validatePod } from './pod-validation.ts'

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
    prepareForCreate: pod => {
      pod.status = initialStatus(pod)
    },
    prepareForUpdate: (pod, old) => restoreMember(pod, old, 'status'),
    validate: validatePod,
    validateCreate: validateNewPod,
    validateUpdate: validatePodUpdate,
    gracePeriodSeconds,
    returnsDeletedObject: true,
  },
  subresources: {
    status: statusSubresource({
      keep: (pod, old) => {
        restoreMember(pod.metadata, old.metadata, 'ownerReferences')
        if (pod.status && old.status?.qosClass && !pod.status.qosClass) pod.status.qosClass = old.status.qosClass
      },
      validateUpdate: validatePodStatusUpdate,
    }),
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
