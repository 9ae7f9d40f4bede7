// A sleep that others can end: woken while nobody sleeps, the next sleep ends at once.

import type { Clock } from '../util/clock.ts'

export class Wakeup {
  readonly #clock: Clock
  #woken = false
  #end: AbortController | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  wake(): void {
    this.#woken = true
    this.#end?.abort()
  }

  /** Until it is woken or, if given, that time has come. Rejects when the signal is aborted. */
  async sleep(untilMs: number | undefined, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (!this.#woken) {
      const end = new AbortController()
      this.#end = end
      await this.#wait(untilMs, AbortSignal.any([end.signal, signal]))
      signal.throwIfAborted()
    }
    this.#woken = false
  }

  async #wait(untilMs: number | undefined, end: AbortSignal): Promise<void> {
    if (untilMs === undefined) {
      await new Promise<void>(resolve => {
        if (end.aborted) resolve()
        else end.addEventListener('abort', () => resolve(), { once: true })
      })
      return
    }
    const ms = untilMs - this.#clock.now()
    // Longer sleeps overflow Node's timers; waking a day too early costs nothing.
    if (ms > 0) await this.#clock.sleep(Math.min(ms, 24 * 3600 * 1000), end).catch(() => {})
  }
}
