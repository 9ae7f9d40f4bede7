// JSON merge patch, RFC 7396: null removes, an object merges, everything else replaces.

import { isObject, type Json, type JsonObject, member, setMember } from './json.ts'

/** Neither argument is changed; the result may share parts of both. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return isObject(target) ? patch : withoutNulls(patch)
  const result: JsonObject = isObject(target) ? { ...target } : {}
  for (const key of Object.keys(patch)) {
    const value = member(patch, key)
    if (value === null || value === undefined) delete result[key]
    else setMember(result, key, mergePatch(member(result, key), value))
  }
  return result
}

/** Upstream goes further than the RFC: in a list that replaces no object, null members go from objects too. */
function withoutNulls(value: Json): Json {
  return Array.isArray(value) ? value.map(item => (isObject(item) ? mergePatch({}, item) : withoutNulls(item))) : value
}
