// Timing, and figures with their spread.

export interface Spread {
  min: number
  median: number
  max: number
}

export function spread(values: number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  return { min: sorted[0] ?? 0, median: percentile(sorted, 50), max: sorted.at(-1) ?? 0 }
}

/** Of sorted values. */
export function percentile(sorted: number[], p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? 0
}

export interface Load {
  /** Operations a second over the whole run. */
  rate: number
  p50Ms: number
  p99Ms: number
}

/** Runs `count` operations, `concurrency` at a time. */
export async function load(
  count: number,
  concurrency: number,
  operation: (i: number) => Promise<unknown>,
): Promise<Load> {
  const latencies: number[] = []
  let next = 0
  const began = performance.now()
  const worker = async () => {
    while (next < count) {
      const i = next++
      const from = performance.now()
      await operation(i)
      latencies.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  const seconds = (performance.now() - began) / 1000
  latencies.sort((a, b) => a - b)
  return { rate: count / seconds, p50Ms: percentile(latencies, 50), p99Ms: percentile(latencies, 99) }
}

export function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3))
}
