// Do two parts of a pod mean the same? What JSON leaves out counts as its zero where the field has no "not set" of its
// own, and amounts are compared as numbers: `1` cpu is `1000m`.

import { compareQuantity } from '../../api/quantity.ts'
import { quantityOf } from '../../api/validation-rules.ts'

/** Lists and maps: empty and absent are the same. Every list is such; of objects, those under these names. */
const maps = new Set(['limits', 'requests', 'resources', 'nodeSelector', 'overhead', 'matchLabels', 'options'])
const amounts = new Set(['limits', 'requests', 'overhead'])
/** Switches whose `false` is not told from their absence. */
const switches = new Set(['readOnly', 'stdin', 'stdinOnce', 'tty', 'hostNetwork', 'hostPID', 'hostIPC'])
/** Numbers whose 0 is not told from their absence. */
const numbers = new Set(['hostPort', 'initialDelaySeconds'])

export function semanticEqual(a: unknown, b: unknown, name = ''): boolean {
  if (isZero(a, name) && isZero(b, name)) return true
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => semanticEqual(item, b[i]))
  }
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  const areEqual = amounts.has(name) ? sameAmount : semanticEqual
  return [...names].every(key => areEqual(left[key], right[key], key))
}

function isZero(value: unknown, name: string): boolean {
  if (value === undefined || value === null || value === '') return true
  if (value === false) return switches.has(name)
  if (value === 0) return numbers.has(name)
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && maps.has(name) && Object.values(value).every(member => isZero(member, ''))
}

function sameAmount(a: unknown, b: unknown): boolean {
  const [x, y] = [quantityOf(a as string | undefined), quantityOf(b as string | undefined)]
  return x !== undefined && y !== undefined && compareQuantity(x, y) === 0
}
