// Runs a piece of work at the start and whenever something below one of some prefixes has changed, one at a time; when it
// fails, again after a while.

import { follow } from '../authz/follow.ts'
import type { StorageContext } from '../context.ts'

const retryMs = 1000

/** Runs until the signal is aborted. `name` is what the log calls the work. */
export async function keepInStep(
  context: StorageContext,
  { name, prefixes }: { name: string; prefixes: string[] },
  work: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let changed = Promise.withResolvers<void>()
  const wake = () => changed.resolve()
  signal.addEventListener('abort', wake, { once: true })
  const following = prefixes.map(prefix => follow(context.cache, prefix, { reset: wake, change: wake }, signal))
  const working = async () => {
    while (!signal.aborted) {
      await changed.promise
      if (signal.aborted) return
      changed = Promise.withResolvers<void>()
      try {
        await work()
      } catch (error) {
        context.log.warn({ err: error }, `${name} failed; it is tried again`)
        await context.clock.sleep(retryMs, signal)
        wake()
      }
    }
  }
  await Promise.all([...following, working()])
}
