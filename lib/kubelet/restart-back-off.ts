// How long a container that ended waits before it runs again: not at all the first time, then 10 s, doubling to 5 min,
// forgotten after 10 min of peace. The delay that follows a container's end is written on the container itself when it
// is made, so that a restarted kubelet knows it.

import type { ContainerStatus } from './runtime/runtime.ts'

const initialMs = 10_000
const maxMs = 300_000
const forgottenAfterMs = 2 * maxMs

export const backOffAnnotation = 'binnacle.io/restart-back-off-ms'

/** The delay that is to pass after the end of this container; 0: none. */
export function backOffAfter(ended: ContainerStatus): number {
  const delayMs = Number(ended.annotations[backOffAnnotation] ?? 0)
  return isForgotten(ended) ? 0 : delayMs
}

/** When this ended container may run again, in milliseconds since the epoch. */
export function restartAtMs(ended: ContainerStatus): number {
  return (ended.finishedAtMs ?? ended.createdAtMs) + backOffAfter(ended)
}

/** The delay to write on the container that replaces `ended`; undefined for a first one. */
export function nextBackOff(ended: ContainerStatus | undefined): number | undefined {
  if (!ended) return undefined
  const known = Number(ended.annotations[backOffAnnotation] ?? 0)
  if (known === 0 || isForgotten(ended)) return initialMs
  return Math.min(2 * known, maxMs)
}

function isForgotten({ createdAtMs, finishedAtMs = createdAtMs }: ContainerStatus): boolean {
  return finishedAtMs - createdAtMs > forgottenAfterMs
}

/** 10000 → `10s`, 80000 → `1m20s`, as Go prints a duration. */
export function formatDelay(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  return minutes ? `${minutes}m${seconds % 60}s` : `${seconds}s`
}
