// Many equal writes, begun carefully: one, then two, then four at a time, so that what fails for all fails once.

/**
 * Runs `count` calls in growing batches; stops after the first batch with a failure. Answers how many succeeded and the
 * first error.
 */
export async function slowStart(
  count: number,
  call: () => Promise<void>,
): Promise<{ succeeded: number; error?: unknown }> {
  let succeeded = 0
  for (let batch = 1; succeeded < count; batch *= 2) {
    const size = Math.min(batch, count - succeeded)
    const results = await Promise.allSettled(Array.from({ length: size }, call))
    const failed = results.filter(result => result.status === 'rejected')
    succeeded += size - failed.length
    if (failed[0]) return { succeeded, error: failed[0].reason }
  }
  return { succeeded }
}
