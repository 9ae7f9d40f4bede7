// Small pieces for code that waits.

import type { Logger } from './log.ts'

/** The only way to start work nobody awaits: a failure is logged, never lost; an abort is silent. */
export function inBackground(log: Logger, what: string, work: Promise<unknown>, signal?: AbortSignal): void {
  work.catch(error => {
    if (!signal?.aborted) log.error({ err: error }, `${what} failed`)
  })
}

/** A promise with its handles outside. */
export function deferred<T>(): {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (reason: unknown) => void
} {
  return Promise.withResolvers<T>()
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** True for the error that an aborted signal causes, by whichever API. */
export function isAbortError(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')
}
