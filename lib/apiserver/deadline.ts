// Work that may take so long and no longer.

import type { Clock } from '../util/clock.ts'

/** Given, because abort() without a reason makes an exception with a stack trace each time. */
const calledOff = new DOMException('the work was faster', 'AbortError')

/**
 * The work's result; when `limitMs` pass first its signal is aborted and `late()` is thrown. The signal also follows
 * `signal`.
 */
export async function withDeadline<T>(
  { clock, limitMs, late, signal }: { clock: Clock; limitMs: number; late: () => Error; signal?: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const running = work(signal ? AbortSignal.any([signal, over.signal]) : over.signal)
  const finished = new AbortController()
  const deadline = clock.sleep(limitMs, finished.signal).then(
    () => {
      throw late()
    },
    // Called off: the work was faster.
    () => running,
  )
  try {
    return await Promise.race([running, deadline])
  } catch (error) {
    over.abort()
    throw error
  } finally {
    finished.abort(calledOff)
  }
}
