// JSON values as patches see them.

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sets a member that may be called `__proto__`, as plain data. */
export function setMember(object: JsonObject, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    object[key] = value
  }
}

export function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** As Go's %v prints a value: `map[name:web ports:[80 81]]`. */
export function printed(value: Json | undefined): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(printed).join(' ')}]`
  if (!isObject(value)) return String(value)
  const members = Object.keys(value).sort()
  return `map[${members.map(key => `${key}:${printed(value[key])}`).join(' ')}]`
}

/**
 * A patch that cannot be applied. `kind` says whose fault upstream finds it: a patch of the wrong form is a bad
 * request, `Unprocessable` is answered in general words, and all else is an error of no kind (500) with this text.
 */
export class PatchError extends Error {
  override readonly name = 'PatchError'
  readonly kind: 'BadRequest' | 'Unprocessable' | 'Unknown'

  constructor(message: string, kind: PatchError['kind'] = 'Unknown') {
    super(message)
    this.kind = kind
  }
}
