// Go's notation for durations: 1h15m30.918s.

const unitMs: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds; undefined for what is no duration. */
export function goDurationMs(text: string): number | undefined {
  if (text === '0') return 0
  if (!/^-?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined
  let ms = 0
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)) {
    ms += Number(number) * (unitMs[unit ?? ''] ?? 0)
  }
  return text.startsWith('-') ? -ms : ms
}
