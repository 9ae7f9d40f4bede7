// Durations as kubectl prints ages: `5s`, `3m20s`, `27h`, `2d4h`, `400d`. The longer, the coarser.

const second = 1000
const minute = 60
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day

/** Two seconds of clock skew are taken for "now"; more is `<invalid>`. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / second)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 2 * minute) return `${seconds}s`
  if (seconds < 10 * minute) return two(seconds, minute, 'm', 1, 's')
  if (seconds < 3 * hour) return `${Math.floor(seconds / minute)}m`
  if (seconds < 8 * hour) return two(seconds, hour, 'h', minute, 'm')
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)}h`
  if (seconds < 8 * day) return two(seconds, day, 'd', hour, 'h')
  if (seconds < 2 * year) return `${Math.floor(seconds / day)}d`
  if (seconds < 8 * year) return two(seconds, year, 'y', day, 'd')
  return `${Math.floor(seconds / year)}y`
}

/** `3m20s`, and `3m` when the second part is none. */
function two(seconds: number, unit: number, name: string, smaller: number, smallerName: string): string {
  const rest = Math.floor((seconds % unit) / smaller)
  return `${Math.floor(seconds / unit)}${name}${rest ? `${rest}${smallerName}` : ''}`
}

/** How long ago a timestamp was; `<unknown>` when there is none. */
export function ageSince(timestamp: string | undefined, nowMs: number): string {
  return timestamp ? humanDuration(nowMs - Date.parse(timestamp)) : '<unknown>'
}
