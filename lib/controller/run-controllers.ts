// Makes and runs controllers side by side: shared informers, and for each a client under its own identity and a voice
// for its events.

import type { ResourceDefinition } from '../api/resource.ts'
import type { Client } from '../client/client.ts'
import { EventRecorder } from '../client/events.ts'
import type { Informers } from '../client/informers.ts'
import type { QueueMetrics } from '../client/work-queue.ts'
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import type { ControllerEntry, ControllerOptions } from './context.ts'
import { runController } from './controller.ts'
import { TrackedClient } from './tracked-client.ts'

export interface ControllersRun {
  entries: ControllerEntry[]
  /** The client that acts as this controller. */
  clientFor(entry: ControllerEntry): Client
  informers: Informers
  kinds: ResourceDefinition[]
  options: ControllerOptions
  clock: Clock
  log: Logger
  metricsFor?(name: string): QueueMetrics
}

/** Lives until the signal is aborted. */
export async function runControllers(run: ControllersRun, signal: AbortSignal): Promise<void> {
  const controllers = run.entries.map(entry => runEntry(entry, run, signal))
  // After the controllers were made: each asks for its informers then.
  await Promise.all([run.informers.run(signal), ...controllers])
}

async function runEntry(entry: ControllerEntry, run: ControllersRun, signal: AbortSignal): Promise<void> {
  const { informers, kinds, options, clock, metricsFor } = run
  const log = run.log.child({ controller: entry.name })
  const client = new TrackedClient(run.clientFor(entry), log)
  const events = new EventRecorder({ client, component: entry.eventSource ?? entry.name, log, clock })
  const controller = entry.make({ client, informers, events, clock, log, kinds, options })
  if (!controller) {
    log.info('the controller is not configured and does not run')
    return
  }
  const metrics = metricsFor?.(controller.name)
  await Promise.all([
    runController(controller, { log, client, clock, ...(metrics ? { metrics } : {}) }, signal),
    events.run(signal),
  ])
}
