// Memory given back when there is nothing to do. V8 collects garbage while it allocates; a process that was busy and then
// rests keeps all of it, and the buffers that hang on it, until the next rush: after heavy writing the API server held
// 430 MiB and needed 180.

import { type EventLoopUtilization, performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Clock, systemClock } from './clock.ts'

const lookEveryMs = 10_000
/** Less than this share of its time busy is rest. */
const restBelow = 0.05
/** So much work leaves garbage that is worth a pause. */
const worthMs = 1000

export interface IdleCollectionOptions {
  clock?: Clock
  /** How busy the event loop was since the call before. */
  load?: () => Pick<EventLoopUtilization, 'active' | 'utilization'>
  collect?: () => void
}

/** Collects once after every time of work, when the process rests. Until the signal is aborted. */
export async function collectWhenIdle(
  { clock = systemClock, load = sinceLastCall(), collect = majorCollection() }: IdleCollectionOptions,
  signal: AbortSignal,
): Promise<void> {
  let workedMs = 0
  for (;;) {
    await clock.sleep(lookEveryMs, signal)
    const { active, utilization } = load()
    workedMs += active
    if (utilization >= restBelow || workedMs < worthMs) continue
    collect()
    workedMs = 0
  }
}

function sinceLastCall(): () => EventLoopUtilization {
  let last = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const since = performance.eventLoopUtilization(now, last)
    last = now
    return since
  }
}

/** V8 hands its collector only to contexts made after this flag was set. */
function majorCollection(): () => void {
  setFlagsFromString('--expose-gc')
  const collect: (options: object) => void = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  return () => collect({ type: 'major', execution: 'async' })
}
