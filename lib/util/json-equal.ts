// Are two JSON values the same? The order of an object's members does not count, nor where it was made: unlike
// node:util's isDeepStrictEqual, prototypes are not compared. A member that is undefined is absent, as in JSON.

export function jsonEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => jsonEqual(item, b[i]))
  }
  const left = members(a)
  const right = new Map(members(b))
  return left.length === right.size && left.every(([key, value]) => right.has(key) && jsonEqual(value, right.get(key)))
}

function members(object: object): [string, unknown][] {
  return Object.entries(object).filter(([, value]) => value !== undefined)
}
