// Keeps a set of processes running: one that ends is started again, after a pause that grows while it keeps failing.

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
  let failures = 0
  while (!signal.aborted) {
    const startedAt = clock.now()
    const { record, exited } = await start(spec)
    log.info({ process: spec.name, pid: record.pid }, 'started')
    const how = await Promise.race([exited, untilAborted(signal)])
    if (how === undefined) return
    failures = clock.now() - startedAt > stableMs ? 0 : failures + 1
    const pauseMs = failures === 0 ? 0 : backoffMs(failures - 1, pauses)
    log.warn({ process: spec.name, how, pauseMs }, 'ended; starts again')
    await clock.sleep(pauseMs, signal)
  }
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise(resolve => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}
