// What to do next for a pod: a pure decision from its specification and what is observed. It is level-based: carried
// out or not, the next decision starts from what is then observed.

import { current, newest, type Observed, readySandbox } from './observed.ts'
import {
  apiStatusOf,
  appContainersOf,
  attemptAfterLoss,
  type Container,
  type ContainerKind,
  containersOf,
  findContainer,
  gracePeriodSeconds,
  hasFinalPhase,
  initContainersOf,
  type Pod,
  type PodContainer,
  shouldRestart,
} from './pod.ts'
import { nextBackOff, restartAtMs } from './restart-back-off.ts'
import type { ContainerStatus } from './runtime/runtime.ts'

export type PodAction =
  | { type: 'create-sandbox'; attempt: number }
  | { type: 'stop-sandbox'; id: string }
  | { type: 'start-container'; container: PodContainer; attempt: number; backOffMs: number | undefined }
  | { type: 'kill-container'; container: ContainerStatus; message: string; graceSeconds: number }
  /** A container that failed waits for its back-off to end. */
  | { type: 'back-off'; container: PodContainer; untilMs: number }
  /** Something failed before and is tried again then. */
  | { type: 'wait'; untilMs: number }
  /** More containers of this name have ended than are worth keeping. */
  | { type: 'remove-container'; container: ContainerStatus }
  | { type: 'remove-sandbox'; id: string }
  /** Nothing of it runs any more, nor will. */
  | { type: 'finish' }

const defaultGraceSeconds = 30
const shortestGraceSeconds = 2
const killedExitCode = 137

/** What to do now; empty: nothing until something changes. */
export function podActions(pod: Pod, observed: Observed, nowMs: number): PodAction[] {
  if (pod.metadata.deletionTimestamp || observed.terminatingSinceMs !== undefined || isDone(pod, observed)) {
    return terminationActions(pod, observed, nowMs)
  }
  const leftovers = leftoverActions(observed)
  const sandbox = readySandbox(observed)
  if (!sandbox) return [...sandboxActions(pod, observed, nowMs), ...leftovers]
  const strays = observed.containers.filter(c => c.state === 'running' && c.sandboxId !== sandbox.id)
  return [
    ...strays.map(container => kill(pod, container, stopping(container))),
    ...containerActions(pod, observed, nowMs),
    ...leftovers,
  ]
}

/** Every container has ended and none is to run again, or an init container failed for good. */
export function isDone(pod: Pod, observed: Observed): boolean {
  if (hasFinalPhase(pod.status)) return true
  if (initContainersOf(pod).some(init => failedForGood(pod, init, observed))) return true
  return appContainersOf(pod).every(container => endedForGood(pod, container, observed))
}

function endedForGood(pod: Pod, container: PodContainer, observed: Observed): boolean {
  const last = newest(observed, container.spec.name)
  return last?.state === 'exited' && !shouldRestart(pod, container, last.exitCode ?? 0)
}

function failedForGood(pod: Pod, container: PodContainer, observed: Observed): boolean {
  if (container.kind !== 'init') return false
  const last = newest(observed, container.spec.name)
  return last !== undefined && last.exitCode !== 0 && endedForGood(pod, container, observed)
}

// --- the sandbox

function sandboxActions(pod: Pod, observed: Observed, nowMs: number): PodAction[] {
  const running = observed.containers.filter(container => container.state === 'running')
  if (running.length > 0) {
    return running.map(container => kill(pod, container, stopping(container)))
  }
  const failure = observed.failures.get('')
  if (failure && nowMs < failure.retryAtMs) return [{ type: 'wait', untilMs: failure.retryAtMs }]
  const last = observed.sandboxes[0]
  if (!last) return [{ type: 'create-sandbox', attempt: 0 }]
  // What died by itself still holds its network.
  return [
    { type: 'stop-sandbox', id: last.id },
    { type: 'create-sandbox', attempt: last.attempt + 1 },
  ]
}

// --- containers in their sandbox

function containerActions(pod: Pod, observed: Observed, nowMs: number): PodAction[] {
  const actions: PodAction[] = []
  const initialized = appContainersOf(pod).some(({ spec }) => current(observed, spec.name))
  for (const container of initContainersOf(pod)) {
    const { actions: own, blocks } = initActions(pod, container, observed, nowMs, initialized)
    actions.push(...own)
    if (blocks && !initialized) return actions
  }
  for (const container of appContainersOf(pod)) actions.push(...runActions(pod, container, observed, nowMs))
  return actions
}

/** `blocks`: what comes after it in the order has to wait for it. */
function initActions(pod: Pod, container: PodContainer, observed: Observed, nowMs: number, initialized: boolean) {
  const found = current(observed, container.spec.name)
  if (container.kind === 'sidecar') {
    const actions = runActions(pod, container, observed, nowMs)
    return { actions, blocks: found?.state !== 'running' || !isStarted(container.spec, found, observed) }
  }
  if (initialized || (found?.state === 'exited' && found.exitCode === 0)) return { actions: [], blocks: false }
  if (found?.state === 'running') return { actions: [], blocks: true }
  return { actions: startActions(pod, container, observed, nowMs), blocks: true }
}

/** Keeps one container running as its policy and its probes say. */
function runActions(pod: Pod, container: PodContainer, observed: Observed, nowMs: number): PodAction[] {
  const found = current(observed, container.spec.name)
  if (found?.state === 'running') {
    const failed = observed.probes.get(found.id)?.failed
    if (!failed) return []
    const then = shouldRestart(pod, container, killedExitCode) ? ', will be restarted' : ''
    return [kill(pod, found, `Container ${container.spec.name} failed ${failed} probe${then}`, failed)]
  }
  const last = newest(observed, container.spec.name)
  if (last?.state === 'exited' && !shouldRestart(pod, container, last.exitCode ?? 0)) return []
  return startActions(pod, container, observed, nowMs)
}

function startActions(pod: Pod, container: PodContainer, observed: Observed, nowMs: number): PodAction[] {
  const { name } = container.spec
  const failure = observed.failures.get(name)
  if (failure && nowMs < failure.retryAtMs) return [{ type: 'wait', untilMs: failure.retryAtMs }]
  const last = newest(observed, name)
  if (last && nowMs < restartAtMs(last)) return [{ type: 'back-off', container, untilMs: restartAtMs(last) }]
  const attempt = last ? last.attempt + 1 : attemptAfterLoss(apiStatusOf(pod, name))
  return [{ type: 'start-container', container, attempt, backOffMs: nextBackOff(last) }]
}

/** It runs, and its startup probe (if it has one) has passed. */
export function isStarted(spec: Container, found: ContainerStatus, observed: Observed): boolean {
  return found.state === 'running' && (!spec.startupProbe || observed.probes.get(found.id)?.started === true)
}

// --- the end

function terminationActions(pod: Pod, observed: Observed, nowMs: number): PodAction[] {
  const running = observed.containers.filter(container => container.state === 'running')
  if (running.length > 0) {
    return nextToEnd(pod, running).map(container => ({
      type: 'kill-container',
      container,
      message: stopping(container),
      graceSeconds: remainingGrace(pod, observed, nowMs),
    }))
  }
  const standing = observed.sandboxes.filter(sandbox => sandbox.state === 'ready')
  if (standing.length > 0) return standing.map(({ id }) => ({ type: 'stop-sandbox', id }))
  return [{ type: 'finish' }]
}

/** Sidecars end after all others, the last that was started first. */
function nextToEnd(pod: Pod, running: ContainerStatus[]): ContainerStatus[] {
  const kindOf = (container: ContainerStatus): ContainerKind => findContainer(pod, container.name)?.kind ?? 'app'
  const others = running.filter(container => kindOf(container) !== 'sidecar')
  if (others.length > 0) return others
  const order = containersOf(pod).map(({ spec }) => spec.name)
  const last = Math.max(...running.map(container => order.indexOf(container.name)))
  return running.filter(container => order.indexOf(container.name) === last)
}

function remainingGrace(pod: Pod, observed: Observed, nowMs: number): number {
  const passed = Math.max(0, nowMs - (observed.terminatingSinceMs ?? nowMs)) / 1000
  return Math.max(shortestGraceSeconds, Math.ceil(gracePeriodSeconds(pod) - passed))
}

function stopping({ name }: ContainerStatus): string {
  return `Stopping container ${name}`
}

function kill(pod: Pod, container: ContainerStatus, message: string, probe?: 'liveness' | 'startup'): PodAction {
  const spec = findContainer(pod, container.name)?.spec
  const ofProbe = probe && spec?.[`${probe}Probe`]?.terminationGracePeriodSeconds
  const graceSeconds = ofProbe ?? pod.spec?.terminationGracePeriodSeconds ?? defaultGraceSeconds
  return { type: 'kill-container', container, message, graceSeconds: Math.max(shortestGraceSeconds, graceSeconds) }
}

// --- what nobody needs any more

/** Of each name the newest stays and, for its log and last state, the one before it; of sandboxes the newest. */
function leftoverActions(observed: Observed): PodAction[] {
  const ended = observed.containers.filter(container => container.state !== 'running')
  const old = ended.filter(container => rank(observed.containers, container) >= 2)
  const kept = observed.containers.filter(container => !old.includes(container))
  const empty = observed.sandboxes.slice(1).filter(({ id }) => !kept.some(container => container.sandboxId === id))
  return [
    ...old.map((container): PodAction => ({ type: 'remove-container', container })),
    ...empty.map(({ id }): PodAction => ({ type: 'remove-sandbox', id })),
  ]
}

function rank(containers: ContainerStatus[], container: ContainerStatus): number {
  return containers.filter(other => other.name === container.name).indexOf(container)
}
