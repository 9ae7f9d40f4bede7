// An object as upstream prints its own structs in messages: every member by its Go name, absent ones as null.

/** `members` are Go's names, in Go's order; an object's own names are found by their letters. */
export function goStruct(value: object | undefined, members: string[]): Record<string, unknown> | null {
  if (!value) return null
  const byLetters = new Map(Object.entries(value).map(([name, part]) => [name.toLowerCase(), part as unknown]))
  return Object.fromEntries(members.map(name => [name, byLetters.get(name.toLowerCase()) ?? null]))
}
