// Statuses as Go writes them: what is zero or empty is left out where upstream's type says `omitempty`.

/** Leaves out zeros, empty texts and empty lists, but for the members named. */
export function omitEmpty<T extends object>(status: T, ...kept: (keyof T)[]): T {
  const entries = Object.entries(status).filter(
    ([name, value]) => kept.includes(name as keyof T) || !(value === 0 || value === '' || isEmptyList(value)),
  )
  return Object.fromEntries(entries) as T
}

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0
