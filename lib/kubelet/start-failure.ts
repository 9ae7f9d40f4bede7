// A step on a container's way up failed: what its waiting state shows, and when to try again.

export class StartError extends Error {
  override readonly name = 'StartError'
  readonly reason: string
  readonly retryAtMs: number | undefined

  constructor(reason: string, message: string, options: { retryAtMs?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.reason = reason
    this.retryAtMs = options.retryAtMs
  }
}

/** Upstream looks at a pod whose last attempt failed after about this time again. */
export const retryMs = 10_000
