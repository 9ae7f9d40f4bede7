// The hash that tells pod templates apart and ends the names of what is made from them: FNV-1a over the template's
// JSON with sorted keys, written in upstream's alphabet without vowels, so that no name spells a word.

const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

export function templateHash(template: unknown, collisionCount = 0): string {
  const hash = fnv1a(`${canonical(template)}${collisionCount || ''}`)
  return [...String(hash)].map(digit => alphabet[digit.charCodeAt(0) % alphabet.length]).join('')
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

/** JSON in which equal values are equal texts: keys sorted, and no difference between absent and empty. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, member) => (isObject(member) ? sorted(member) : empty(member) ? undefined : member)) ?? ''
  )
}

/** Equal as Go's semantic equality sees it: absent, null and empty are the same. */
export function semanticallyEqual(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function sorted(obj: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(obj).filter(([, member]) => !empty(member))
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `emptyDir: {}` says something; an empty list, or a metadata of nothing, does not. */
function empty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0)
}
