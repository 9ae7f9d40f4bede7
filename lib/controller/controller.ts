// What a controller is, and the loop all controllers run in: changes become keys, keys wait in a queue, workers bring
// each key's object to where it should be, and failures come back later. Controllers know nothing of all that.

import { hasReason } from '../api/errors.ts'

import { type QueueMetrics, WorkQueue } from '../client/work-queue.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import type { TrackedClient } from './tracked-client.ts'
import type { Watch } from './watch.ts'

export interface Controller {
  /** As upstream names it: `deployment-controller`. */
  name: string
  watches: Watch[]
  /** Keys to look at once at the start, for work that no object stands for. */
  keys?: string[]
  /** Defaults to 5. */
  workers?: number
  /**
   * Brings what the key stands for to where it should be, from whatever state it is in. Called for one key at a time,
   * after every write of this controller has come back through its watches. Throwing means: again, later.
   */
  reconcile(key: string, signal: AbortSignal): Promise<{ requeueAfterMs: number } | undefined>
}

export interface ControllerRun {
  log: Logger
  /** The client that the controller writes with. */
  client: TrackedClient
  clock?: Clock
  metrics?: QueueMetrics
}

/** Lives until the signal is aborted. */
export async function runController(controller: Controller, run: ControllerRun, signal: AbortSignal): Promise<void> {
  const { log, metrics, clock = systemClock } = run
  const { watches, workers = 5, keys = [] } = controller
  try {
    await Promise.all(watches.map(watch => watch.synced(signal)))
  } catch (error) {
    if (signal.aborted) return
    throw error
  }
  const queue = new WorkQueue({ clock, log, ...(metrics ? { metrics } : {}) })
  const unwatch = watches.map(watch => watch.subscribe(key => queue.add(key)))
  for (const key of keys) queue.add(key)
  log.info('the controller has started')
  try {
    await Promise.all(Array.from({ length: workers }, () => work(controller, queue, run, signal)))
  } finally {
    for (const stop of unwatch) stop()
    queue.close()
  }
}

async function work(controller: Controller, queue: WorkQueue, run: ControllerRun, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const key = await queue.take(signal).catch(() => undefined)
    if (key === undefined) return
    try {
      await run.client.settled(controller.watches, signal)
      const result = await controller.reconcile(key, signal)
      queue.forget(key)
      if (result) queue.addAfter(key, result.requeueAfterMs)
    } catch (error) {
      if (signal.aborted) return
      report(key, error, queue.failures(key), run.log)
      queue.retry(key)
    } finally {
      queue.done(key)
    }
  }
}

/** A conflict only means that the cache was behind: not worth a line unless it stays. */
function report(key: string, err: unknown, failures: number, log: Logger): void {
  const expected = hasReason(err, 'Conflict', 'AlreadyExists', 'NotFound') && failures < 5
  log[expected ? 'debug' : 'warn']({ key, err, failures }, 'a key could not be reconciled: it is tried again')
}
