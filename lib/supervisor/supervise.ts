// Keeps a set of processes running: one that ends is started again, after a pause that grows while it keeps failing.

import { aborted } from '../util/async.ts'
import { backoffMs } from '../util/backoff.ts'
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import type { ProcessSpec, Started } from './processes.ts'

const pauses = { initialMs: 100, maxMs: 5000 }
/** One that ran this long has recovered: its next pause is short again. */
const stableMs = 10_000

/** Never returns before the signal is aborted; the process is left running then. */
export async function keepRunning(
  spec: ProcessSpec,
  start: (spec: ProcessSpec) => Promise<Started>,
  { clock, log }: { clock: Clock; log: Logger },
  signal: AbortSignal,
): Promise<void> {
  const stopped = aborted(signal)
  let failures = 0
  while (!signal.aborted) {
    const startedAt = clock.now()
    const how = await Promise.race([runOnce(spec, start, log), stopped])
    if (how === undefined) return
    failures = clock.now() - startedAt > stableMs ? 0 : failures + 1
    const pauseMs = failures === 0 ? 0 : backoffMs(failures - 1, pauses)
    log.warn({ process: spec.name, how, pauseMs }, 'ended; starts again')
    // It rejects only when aborted, which the loop sees.
    await clock.sleep(pauseMs, signal).catch(() => undefined)
  }
}

/** Answers what ended it; a disk that is full, say, is such an end too. */
async function runOnce(
  spec: ProcessSpec,
  start: (spec: ProcessSpec) => Promise<Started>,
  log: Logger,
): Promise<string> {
  try {
    const { record, exited } = await start(spec)
    log.info({ process: spec.name, pid: record.pid }, 'started')
    return await exited
  } catch (error) {
    return `not started: ${(error as Error).message}`
  }
}
