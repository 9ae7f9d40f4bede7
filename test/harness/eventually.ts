// Waiting for a condition in tests, instead of sleeping.

/** Polls `check` until it neither throws nor answers undefined or false; then answers its value. */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 15_000, intervalMs = 25 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<Exclude<T, undefined | false>> {
  const deadline = Date.now() + timeoutMs
  let last: unknown = new Error('the condition was never true')
  for (;;) {
    try {
      const value = await check()
      if (value !== undefined && value !== false) return value as Exclude<T, undefined | false>
    } catch (error) {
      last = error
    }
    if (Date.now() > deadline)
      throw new Error(`not within ${timeoutMs} ms: ${(last as Error).message}`, { cause: last })
    await new Promise(resolve => setTimeout(resolve, intervalMs))
  }
}
