// The STATUS, READY and RESTARTS of `kubectl get pods`: one word, made of phase, conditions and container states.

import { isConditionTrue } from '../../api/conditions.ts'
import type { Pod } from './pod.ts'
import { isRestartableInit } from './pod-types.ts'

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]

export interface PodSummary {
  status: string
  ready: number
  total: number
  restarts: number
  /** When a container ended last and was started again. */
  lastRestart?: string
}

/** Restarts of some containers, and the latest of them. */
interface Restarts {
  count: number
  last: string
}

export function podSummary(pod: Pod): PodSummary {
  const init = initSummary(pod)
  const isInitializing = init.reason !== undefined
  const main =
    !isInitializing || isConditionTrue(pod.status?.conditions, 'Initialized')
      ? mainSummary(pod, init.reason)
      : undefined
  const reason = main?.reason ?? init.reason ?? phaseReason(pod)
  const restarts = main ? sum(main.restarts, init.sidecarRestarts) : init.restarts
  return {
    status: deletionReason(pod) ?? reason,
    ready: init.ready + (main?.ready ?? 0),
    total: (pod.spec?.containers ?? []).length + (pod.spec?.initContainers ?? []).filter(isRestartableInit).length,
    restarts: restarts.count,
    ...(restarts.last ? { lastRestart: restarts.last } : {}),
  }
}

function phaseReason({ status }: Pod): string {
  const isGated = status?.conditions?.some(c => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')
  return isGated ? 'SchedulingGated' : status?.reason || status?.phase || ''
}

function deletionReason({ metadata, status }: Pod): string | undefined {
  if (!metadata.deletionTimestamp) return undefined
  if (status?.reason === 'NodeLost') return 'Unknown'
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? undefined : 'Terminating'
}

const noRestarts: Restarts = { count: 0, last: '' }

function restartsOf({ restartCount, lastState }: ContainerStatus): Restarts {
  return { count: restartCount, last: lastState?.terminated?.finishedAt ?? '' }
}

function sum(a: Restarts, b: Restarts): Restarts {
  return { count: a.count + b.count, last: Date.parse(b.last) > Date.parse(a.last) || !a.last ? b.last : a.last }
}

/** Looks at init containers until the first that is not done; `reason` when there is one. */
function initSummary({ spec, status }: Pod) {
  const containers = spec?.initContainers ?? []
  let restarts = noRestarts
  let sidecarRestarts = noRestarts
  let ready = 0
  for (const [i, container] of (status?.initContainerStatuses ?? []).entries()) {
    const isSidecar = isRestartableInit(containers.find(({ name }) => name === container.name))
    restarts = sum(restarts, restartsOf(container))
    if (isSidecar) sidecarRestarts = sum(sidecarRestarts, restartsOf(container))
    if (container.state?.terminated?.exitCode === 0) continue
    if (isSidecar && container.started) {
      if (container.ready) ready++
      continue
    }
    return { reason: initReason(container, i, containers.length), restarts, sidecarRestarts, ready }
  }
  return { restarts, sidecarRestarts, ready }
}

function initReason({ state }: ContainerStatus, index: number, total: number): string {
  if (state?.terminated) return `Init:${terminationReason(state.terminated)}`
  const waiting = state?.waiting?.reason
  return waiting && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${total}`
}

function terminationReason({
  reason,
  signal,
  exitCode,
}: {
  reason?: string
  signal?: number
  exitCode: number
}): string {
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`)
}

/** The first container with something to say gives the reason. */
function mainSummary(pod: Pod, initReason: string | undefined) {
  const statuses = pod.status?.containerStatuses ?? []
  const restarts = statuses.map(restartsOf).reduce(sum, noRestarts)
  const running = statuses.filter(isReadyAndRunning)
  const reason = statuses.map(mainReason).find(text => text !== undefined) ?? initReason ?? phaseReason(pod)
  const isMixed = reason === 'Completed' && running.length > 0
  const mixed = isConditionTrue(pod.status?.conditions, 'Ready') ? 'Running' : 'NotReady'
  return { reason: isMixed ? mixed : reason, restarts, ready: running.length }
}

function mainReason({ state }: ContainerStatus): string | undefined {
  return state?.waiting?.reason || (state?.terminated ? terminationReason(state.terminated) : undefined)
}

function isReadyAndRunning({ ready, state }: ContainerStatus): boolean {
  return !state?.waiting?.reason && !state?.terminated && ready && state?.running !== undefined
}
