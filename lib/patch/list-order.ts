// In which order a merged list stands: what the patch names in the patch's order, what only the server has where it was.

import { deepEqual, type Json } from './json.ts'

/** Are these two the same element: equal primitives, or objects with the same merge key. */
export type SameElement = (a: Json, b: Json) => boolean

export const sameValue: SameElement = deepEqual

/**
 * `merged`: the elements, each once. `patchOrder`: elements whose order among themselves is the patch's will.
 * `serverOrder`: the list as it stood before.
 */
export function orderElements(merged: Json[], patchOrder: Json[], serverOrder: Json[], same: SameElement): Json[] {
  const placeIn = (list: Json[], element: Json) => list.findIndex(other => same(other, element))
  const byPlace = (list: Json[]) => (a: Json, b: Json) => placeIn(list, a) - placeIn(list, b)
  const named = merged.filter(element => placeIn(patchOrder, element) >= 0).sort(byPlace(patchOrder))
  const serverOnly = merged.filter(element => placeIn(patchOrder, element) < 0).sort(byPlace(serverOrder))
  const ordered: Json[] = []
  for (let i = 0, j = 0; i < serverOnly.length || j < named.length; ) {
    const left = serverOnly[i]
    const right = named[j]
    const leftFirst = left !== undefined && (right === undefined || standsBefore(left, right))
    if (leftFirst) {
      ordered.push(left)
      i++
    } else if (right !== undefined) {
      ordered.push(right)
      j++
    }
  }
  return ordered

  function standsBefore(left: Json, right: Json): boolean {
    const [l, r] = [placeIn(serverOrder, left), placeIn(serverOrder, right)]
    return l >= 0 && r >= 0 && l < r
  }
}
