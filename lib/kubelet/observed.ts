// What is known of a pod on this node beyond its specification: all that decisions and status are made from. Everything
// of lasting worth comes from the runtime, so that it is found again after a restart of the kubelet.

import type { ContainerStatus, SandboxStatus } from './runtime/runtime.ts'

/** What the probes of one running container found; absent: not probed, or no result yet. */
export interface ProbeResults {
  started?: boolean
  ready?: boolean
  /** Its liveness or startup probe has failed often enough: it is to be stopped, and why. */
  failed?: 'liveness' | 'startup'
}

/** Why a container (or, under the name '', the sandbox) could not be brought up last time. */
export interface StartFailure {
  reason: string
  message: string
  retryAtMs: number
}

export interface Observed {
  /** Newest first. */
  sandboxes: SandboxStatus[]
  /** Newest first, of all sandboxes. */
  containers: ContainerStatus[]
  /** By container id. */
  probes: ReadonlyMap<string, ProbeResults>
  /** By container name. */
  failures: ReadonlyMap<string, StartFailure>
  /** What containers left at their termination message path, by container id. */
  terminationMessages: ReadonlyMap<string, string>
  /** Since when the pod is being ended, by whatever reason. */
  terminatingSinceMs?: number
}

export const nothingObserved: Observed = {
  sandboxes: [],
  containers: [],
  probes: new Map(),
  failures: new Map(),
  terminationMessages: new Map(),
}

/** The container of this name that was made last, in whatever sandbox. */
export function newest(observed: Observed, name: string): ContainerStatus | undefined {
  return observed.containers.find(container => container.name === name)
}

/** The sandbox in which containers are to run, if it stands. */
export function readySandbox(observed: Observed): SandboxStatus | undefined {
  return observed.sandboxes[0]?.state === 'ready' ? observed.sandboxes[0] : undefined
}

/** The newest container of this name in the sandbox that stands. */
export function current(observed: Observed, name: string): ContainerStatus | undefined {
  const sandbox = readySandbox(observed)
  return observed.containers.find(container => container.name === name && container.sandboxId === sandbox?.id)
}

export function newestFirst<T extends { attempt: number; createdAtMs: number }>(items: T[]): T[] {
  return items.toSorted((a, b) => b.attempt - a.attempt || b.createdAtMs - a.createdAtMs)
}
