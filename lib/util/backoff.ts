// Exponential back-off with jitter, as a value.

export interface BackoffOptions {
  initialMs: number
  maxMs: number
  /** Defaults to 2. */
  factor?: number
  /** A share of the delay that is random, 0 to 1. Defaults to 0. */
  jitter?: number
}

/** The delay before attempt `attempt` (0 for the first retry), in milliseconds. */
export function backoffMs(attempt: number, options: BackoffOptions, random: () => number = Math.random): number {
  const base = Math.min(options.maxMs, options.initialMs * (options.factor ?? 2) ** attempt)
  return base * (1 + (options.jitter ?? 0) * random())
}
