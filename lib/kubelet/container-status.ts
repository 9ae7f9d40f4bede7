// The status of one container as the API shows it: a pure function of what is observed and what was shown before.
// Reasons and texts are upstream's.

import { rfc3339 } from '../util/clock.ts'
import { current, newest, type Observed } from './observed.ts'
import {
  type ApiContainerStatus,
  apiStatusOf,
  attemptAfterLoss,
  type ContainerState,
  formatPod,
  initContainersOf,
  type Pod,
  type PodContainer,
  shouldRestart,
} from './pod.ts'
import { isDone, isStarted } from './pod-actions.ts'
import { backOffAfter, formatDelay, restartAtMs } from './restart-back-off.ts'
import type { ContainerStatus } from './runtime/runtime.ts'

const runtimeName = 'containerd'
const lostExitCode = 137

/** `nowMs` decides whether a back-off is still under way. */
export function containerStatus(
  pod: Pod,
  container: PodContainer,
  observed: Observed,
  nowMs: number,
): ApiContainerStatus {
  const { spec } = container
  const found = newest(observed, spec.name)
  const old = apiStatusOf(pod, spec.name)
  if (!found) return withoutContainer(pod, container, observed, old)
  const state = stateOf(pod, container, found, observed, nowMs)
  const lastState = lastStateOf(found, state, observed, old)
  return {
    name: spec.name,
    state,
    lastState,
    ready: isReady(container, found, observed),
    restartCount: found.attempt,
    image: found.image,
    imageID: found.imageId,
    containerID: apiContainerId(found),
    started: container.kind !== 'init' && isStarted(spec, found, observed),
    ...resourcesOf(container),
    ...volumeMountsOf(container),
  }
}

/** `containerd://<id>` */
export function apiContainerId({ id }: ContainerStatus): string {
  return `${runtimeName}://${id}`
}

// --- a container that the runtime knows

function stateOf(
  pod: Pod,
  container: PodContainer,
  found: ContainerStatus,
  observed: Observed,
  nowMs: number,
): ContainerState {
  if (found.state === 'running') return { running: { startedAt: rfc3339(found.startedAtMs ?? found.createdAtMs) } }
  const willRun = !isEnding(pod, observed) && (found.state !== 'exited' || restarts(pod, container, found, observed))
  if (willRun) {
    const waiting = waitingFor(pod, container, found, observed, nowMs)
    if (waiting) return { waiting }
    if (found.state !== 'exited') return { waiting: { reason: initialReason(pod) } }
  }
  return found.state === 'exited' ? terminated(found, observed) : { waiting: { reason: initialReason(pod) } }
}

function restarts(pod: Pod, container: PodContainer, found: ContainerStatus, observed: Observed): boolean {
  // An init container of an earlier sandbox runs again in the next one, if the pod needs one.
  const again = container.kind === 'init' && !current(observed, container.spec.name) && observed.failures.has('')
  return again || shouldRestart(pod, container, found.exitCode ?? 0)
}

function isEnding(pod: Pod, observed: Observed): boolean {
  const deleted = pod.metadata.deletionTimestamp !== undefined
  return deleted || observed.terminatingSinceMs !== undefined || isDone(pod, observed)
}

function waitingFor(
  pod: Pod,
  { spec }: PodContainer,
  found: ContainerStatus,
  observed: Observed,
  nowMs: number,
): ContainerState['waiting'] {
  const failure = observed.failures.get(spec.name)
  if (found.state !== 'exited' || nowMs >= restartAtMs(found)) {
    return failure && { reason: failure.reason, message: failure.message }
  }
  // Even when it was its start that failed: nothing is tried before the back-off is over.
  const delay = formatDelay(backOffAfter(found))
  return {
    reason: 'CrashLoopBackOff',
    message: `back-off ${delay} restarting failed container=${spec.name} pod=${formatPod(pod)}`,
  }
}

function terminated(found: ContainerStatus, observed: Observed): ContainerState {
  const { exitCode = 0, startedAtMs = found.createdAtMs, finishedAtMs = found.createdAtMs } = found
  const message = observed.terminationMessages.get(found.id) || found.message
  return {
    terminated: {
      exitCode,
      reason: found.reason || (exitCode === 0 ? 'Completed' : 'Error'),
      ...(message ? { message } : {}),
      startedAt: rfc3339(startedAtMs),
      finishedAt: rfc3339(finishedAtMs),
      containerID: apiContainerId(found),
    },
  }
}

/** How it ended last: this container, when it now waits to run again; else the one before it. */
function lastStateOf(
  found: ContainerStatus,
  state: ContainerState,
  observed: Observed,
  old: ApiContainerStatus | undefined,
): ContainerState {
  if (state.waiting && found.state === 'exited') return terminated(found, observed)
  const before = observed.containers.find(other => other.name === found.name && other.attempt < found.attempt)
  if (before?.state === 'exited') return terminated(before, observed)
  return (old && old.restartCount === found.attempt ? old.lastState : lostState(old)) ?? {}
}

function isReady({ kind, spec }: PodContainer, found: ContainerStatus, observed: Observed): boolean {
  if (kind === 'init') return found.state === 'exited' && found.exitCode === 0
  if (!isStarted(spec, found, observed)) return false
  return !spec.readinessProbe || observed.probes.get(found.id)?.ready === true
}

// --- a container that the runtime does not know

function withoutContainer(
  pod: Pod,
  container: PodContainer,
  observed: Observed,
  old: ApiContainerStatus | undefined,
): ApiContainerStatus {
  const { spec, kind } = container
  if (old && (old.state?.terminated || (isEnding(pod, observed) && old.containerID))) {
    return { ...old, ...endedWithout(old), ready: kind === 'init' && old.ready, started: false }
  }
  const failure = observed.failures.get(spec.name)
  return {
    name: spec.name,
    state: {
      waiting: failure ? { reason: failure.reason, message: failure.message } : { reason: initialReason(pod) },
    },
    lastState: lostState(old) ?? old?.lastState ?? {},
    ready: false,
    restartCount: attemptAfterLoss(old),
    image: spec.image ?? '',
    imageID: '',
    started: false,
    ...volumeMountsOf(container),
  }
}

function endedWithout(old: ApiContainerStatus): { state?: ContainerState } {
  if (old.state?.terminated) return { state: old.state }
  const state = lostState(old)
  return state ? { state } : {}
}

/** What is said of a container that ran when last seen and that nobody can find. */
function lostState(old: ApiContainerStatus | undefined): ContainerState | undefined {
  if (!old?.state?.running) return undefined
  return {
    terminated: {
      exitCode: lostExitCode,
      reason: 'ContainerStatusUnknown',
      message: 'The container could not be located when the pod was deleted.  The container used to be Running',
      ...(old.containerID ? { containerID: old.containerID } : {}),
    },
  }
}

function initialReason(pod: Pod): string {
  return initContainersOf(pod).length > 0 ? 'PodInitializing' : 'ContainerCreating'
}

// --- what is copied from the specification

function resourcesOf({ spec }: PodContainer): Partial<ApiContainerStatus> {
  const { requests, limits } = spec.resources ?? {}
  return {
    ...(requests ? { allocatedResources: requests } : {}),
    resources: { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) },
  }
}

function volumeMountsOf({ spec }: PodContainer): Partial<ApiContainerStatus> {
  if (!spec.volumeMounts?.length) return {}
  return {
    volumeMounts: spec.volumeMounts.map(({ name, mountPath, readOnly }) => ({
      name,
      mountPath,
      ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
    })),
  }
}
