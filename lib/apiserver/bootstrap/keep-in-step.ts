// Runs a piece of work at the start and whenever something below one of some prefixes has changed, one at a time; when it
// fails, again after a while.

import { aborted } from '../../util/async.ts'
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
  const following = prefixes.map(prefix => follow(context.cache, prefix, { reset: wake, change: wake }, signal))
  const stopped = aborted(signal)
  while (!signal.aborted) {
    await Promise.race([changed.promise, stopped, Promise.all(following)])
    if (signal.aborted) break
    changed = Promise.withResolvers<void>()
    try {
      await work()
    } catch (error) {
      context.log.warn({ err: error }, `${name} failed; it is tried again`)
      await context.clock.sleep(retryMs, signal)
      changed.resolve()
    }
  }
  await Promise.all(following)
}
