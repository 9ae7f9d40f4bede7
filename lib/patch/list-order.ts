// In which order a merged list stands: what the patch names in the patch's order, what only the server has where it was.

import { jsonEqual } from '../util/json-equal.ts'
import type { Json } from './json.ts'

/** Are these two the same element: equal primitives, or objects with the same merge key. */
export type SameElement = (a: Json, b: Json) => boolean

export const sameValue: SameElement = jsonEqual

/**
 * `merged`: the elements, each once. `patchOrder`: the elements whose order among themselves is the patch's will.
 * `serverOrder`: the list as it stood before.
 */
export function orderElements(merged: Json[], patchOrder: Json[], serverOrder: Json[], same: SameElement): Json[] {
  const placeIn = (list: Json[], element: Json) => list.findIndex(other => same(other, element))
  const isNamed = (element: Json) => placeIn(patchOrder, element) >= 0
  const named = sortedBy(merged.filter(isNamed), element => placeIn(patchOrder, element))
  const serverOnly = sortedBy(
    merged.filter(element => !isNamed(element)),
    element => placeIn(serverOrder, element),
  )
  const ordered: Json[] = []
  for (const element of named) {
    const place = placeIn(serverOrder, element)
    while (serverOnly.length > 0 && place >= 0) {
      const left = placeIn(serverOrder, serverOnly[0] ?? null)
      if (left < 0 || left >= place) break
      ordered.push(...serverOnly.splice(0, 1))
    }
    ordered.push(element)
  }
  return [...ordered, ...serverOnly]
}

/** Stable. Elements without a place (-1) stand before whatever precedes them, as in upstream's sorting. */
function sortedBy(elements: Json[], placeOf: (element: Json) => number): Json[] {
  const sorted = elements.map(element => ({ element, place: placeOf(element) }))
  const precedes = (a: number, b: number) => a < 0 || b < 0 || a < b
  for (let i = 1; i < sorted.length; i++) {
    for (let j = i; j > 0; j--) {
      const [left, right] = [sorted[j - 1], sorted[j]]
      if (!left || !right || !precedes(right.place, left.place)) break
      sorted[j - 1] = right
      sorted[j] = left
    }
  }
  return sorted.map(({ element }) => element)
}
