// The steps of a field's path, as FieldsV1 writes them: `f:name` a field, `k:{"name":"web"}` an element of a list by its
// keys, `v:"x"` an element of a set, `i:0` an element by its place. And as people read them: `.name`, `[name="web"]`.

import { goJson } from '../util/go-json.ts'
import type { Json } from './json.ts'

export const fieldElement = (name: string): string => `f:${name}`
export const valueElement = (value: Json): string => `v:${goJson(value)}`

/** `keys` in any order; they are written in the order of their names. */
export function keyElement(keys: [name: string, value: Json][]): string {
  const sorted = keys.length > 1 ? keys.toSorted(([a], [b]) => (a < b ? -1 : 1)) : keys
  return `k:{${sorted.map(([name, value]) => `${goJson(name)}:${goJson(value)}`).join(',')}}`
}

/** Can this be a step of a path? */
export function isElement(text: string): boolean {
  if (text[1] !== ':') return false
  const rest = text.slice(2)
  switch (text[0]) {
    case 'f':
      return true
    case 'i':
      return /^-?\d+$/.test(rest)
    case 'k':
      return rest.startsWith('{') && parsed(rest) !== undefined
    case 'v':
      return parsed(rest) !== undefined
    default:
      return false
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

const ranks: Record<string, number> = { f: 0, k: 1, v: 2, i: 3 }

/** Upstream's order: fields, then keys, values and places, each kind by its value. */
export function compareElements(a: string, b: string): number {
  const [kind = ''] = a
  if (kind !== b[0]) return (ranks[kind] ?? 4) - (ranks[b[0] ?? ''] ?? 4)
  if (kind === 'f') return a < b ? -1 : a > b ? 1 : 0
  return compareValues(parsed(a.slice(2)) ?? null, parsed(b.slice(2)) ?? null)
}

/** Numbers before texts before truth values, as upstream has it. */
function compareValues(a: Json, b: Json): number {
  const [left, right] = [rankOf(a), rankOf(b)]
  if (left !== right) return left - right
  if (typeof a === 'object' && a !== null) return compareMembers(a as Record<string, Json>, b as Record<string, Json>)
  const [x, y] = [a as string, b as string]
  return x < y ? -1 : x > y ? 1 : 0
}

function compareMembers(a: Record<string, Json>, b: Record<string, Json>): number {
  const [left, right] = [Object.entries(a), Object.entries(b)]
  for (const [i, [name, value]] of left.entries()) {
    const other = right[i]
    if (!other) return 1
    if (name !== other[0]) return name < other[0] ? -1 : 1
    const order = compareValues(value, other[1])
    if (order !== 0) return order
  }
  return left.length - right.length
}

function rankOf(value: Json): number {
  return ['number', 'string', 'boolean'].indexOf(typeof value)
}

/** `.spec.containers[name="web"].image`. */
export function pathText(path: readonly string[]): string {
  return path.map(elementText).join('')
}

export function elementText(element: string): string {
  const rest = element.slice(2)
  if (element.startsWith('f:')) return `.${rest}`
  if (element.startsWith('i:')) return `[${rest}]`
  const value = parsed(rest)
  if (element.startsWith('v:')) return `[=${JSON.stringify(value)}]`
  const keys = Object.entries((value ?? {}) as Record<string, Json>)
  return `[${keys.map(([name, key]) => `${name}=${JSON.stringify(key)}`).join(',')}]`
}
