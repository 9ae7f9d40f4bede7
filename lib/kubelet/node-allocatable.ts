// Holds all pods together to what the node has for them, in the cgroup above theirs. Nothing is reserved for the system,
// so that is all there is.

import type { EventSink } from '../client/events.ts'
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import type { CgroupLimits } from './cgroups.ts'
import type { Machine } from './machine.ts'
import { nodeReference } from './node-registration.ts'

/** Above the cgroups of all pods. */
export const podsCgroup = '/kubepods'

export interface AllocatableOptions {
  nodeName: string
  machine: Pick<Machine, 'cpus' | 'memoryBytes'>
  /** Sets the limits of all pods together. */
  limitPods(limits: CgroupLimits): Promise<void>
  events: EventSink
  clock: Clock
  log: Logger
  signal: AbortSignal
}

const sharesPerCpu = 1024
const retryMs = 60_000

/** Resolves when the limits are set, or the signal is aborted. */
export async function enforceAllocatable(options: AllocatableOptions): Promise<void> {
  const { machine, events, clock, log, signal } = options
  const about = nodeReference({ metadata: { name: options.nodeName } })
  const limits = { cpuShares: machine.cpus * sharesPerCpu, memoryLimitBytes: machine.memoryBytes }
  while (!signal.aborted) {
    try {
      await options.limitPods(limits)
      events.event(about, 'Normal', 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods')
      return
    } catch (error) {
      log.warn({ err: error }, 'the limits of all pods together could not be set: trying again')
      const why = error instanceof Error ? error.message : String(error)
      const message = `Failed to update Node Allocatable Limits ["kubepods"]: ${why}`
      events.event(about, 'Warning', 'FailedNodeAllocatableEnforcement', message)
    }
    await clock.sleep(retryMs, signal).catch(() => {})
  }
}
