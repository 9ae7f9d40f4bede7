// What the kubelet asks of a Pod all the time, in one place: its containers by kind, its policies, how it is called.

import type {
  V1Container,
  V1ContainerState,
  V1ContainerStatus,
  V1PodCondition,
  V1PodStatus,
  V1Probe,
  V1Volume,
} from '@kubernetes/client-node'
import type { Json } from '../api/meta.ts'
import type { ObjectReference } from '../client/events.ts'
import type { Pod } from '../kinds/core/pod.ts'

export type { Pod }
export type Container = Json<V1Container>
export type Volume = Json<V1Volume>
export type Probe = Json<V1Probe>
export type PodStatus = Json<V1PodStatus>
export type PodCondition = Json<V1PodCondition>
/** As it stands in a pod's status; the runtime's word for a container is in runtime.ts. */
export type ApiContainerStatus = Json<V1ContainerStatus>
export type ContainerState = Json<V1ContainerState>

/** `sidecar`: an init container with restartPolicy Always. */
export type ContainerKind = 'init' | 'sidecar' | 'app'

export interface PodContainer {
  kind: ContainerKind
  spec: Container
}

/** Why a pod ended that did not end by itself: its status shows it. */
export interface PodEnd {
  reason: string
  message: string
}

export function podUid(pod: Pod): string {
  return pod.metadata.uid ?? ''
}

export function initContainersOf(pod: Pod): PodContainer[] {
  return (pod.spec?.initContainers ?? []).map(spec => ({
    kind: spec.restartPolicy === 'Always' ? 'sidecar' : 'init',
    spec,
  }))
}

export function appContainersOf(pod: Pod): PodContainer[] {
  return (pod.spec?.containers ?? []).map(spec => ({ kind: 'app', spec }))
}

/** In the order in which they start. */
export function containersOf(pod: Pod): PodContainer[] {
  return [...initContainersOf(pod), ...appContainersOf(pod)]
}

export function findContainer(pod: Pod, name: string): PodContainer | undefined {
  return containersOf(pod).find(({ spec }) => spec.name === name)
}

/** What the API was last told of a container. */
export function apiStatusOf({ status }: Pod, name: string): ApiContainerStatus | undefined {
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
  return all.find(entry => entry.name === name)
}

/**
 * The next attempt of a container of which the runtime knows nothing: a restart count never goes back. A status with a
 * container's id counts one that was there; without, its loss has been counted. One that never ran is none.
 */
export function attemptAfterLoss(known: ApiContainerStatus | undefined): number {
  if (!known) return 0
  return known.containerID && !neverRan(known) ? known.restartCount + 1 : known.restartCount
}

/** It waits, and not because it has ended. */
function neverRan({ containerID, state, lastState }: ApiContainerStatus): boolean {
  return state?.waiting !== undefined && lastState?.terminated?.containerID !== containerID
}

/** `name_namespace(uid)`, as log lines and messages print a pod. */
export function formatPod({ metadata }: Pod): string {
  return `${metadata.name}_${metadata.namespace}(${metadata.uid})`
}

/** How events point to one container of a pod. */
export function containerRef(pod: Pod, { kind, spec }: PodContainer): ObjectReference {
  const { namespace, name, uid, resourceVersion } = pod.metadata
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    ...(uid ? { uid } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
    fieldPath: `spec.${kind === 'app' ? 'containers' : 'initContainers'}{${spec.name}}`,
  }
}

/** Whether a container that ended with this code is to run again. A sidecar always is. */
export function shouldRestart(pod: Pod, { kind, spec }: PodContainer, exitCode: number): boolean {
  if (kind === 'sidecar') return true
  const rule = spec.restartPolicyRules?.find(({ exitCodes }) => exitCodes && matchesExitCode(exitCodes, exitCode))
  if (rule) return rule.action === 'Restart'
  const policy = spec.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always'
  if (policy === 'Never') return false
  // An init container that succeeded is done, whatever the policy.
  return exitCode !== 0 || (policy === 'Always' && kind === 'app')
}

function matchesExitCode({ operator, values = [] }: { operator: string; values?: number[] }, exitCode: number) {
  return values.includes(exitCode) === (operator === 'In')
}

export function gracePeriodSeconds(pod: Pod): number {
  return pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30
}

/** The phase that the API knows; final ones never change again. */
export function hasFinalPhase(status: PodStatus | undefined): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}
