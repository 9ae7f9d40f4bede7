// Strategic merge patch: a merge patch that knows from the schema which lists merge by a key, with directives for what
// plain JSON cannot say. Behaviour and texts are those of upstream's apimachinery/pkg/util/strategicpatch; only what it
// leaves behind of directives and nulls inside new elements is removed here.
// https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md

import type { Schema } from '../schema/schema.ts'
import { isObject, type Json, type JsonObject, member, PatchError, printed, setMember } from './json.ts'
import { orderElements, type SameElement, sameValue } from './list-order.ts'

const directive = '$patch'
const retainKeys = '$retainKeys'
const deleteFromPrimitiveList = '$deleteFromPrimitiveList'
const setElementOrder = '$setElementOrder'

const badOrderFormat = () => new PatchError('invalid patch format of setElementOrder list', 'BadRequest')
const badPrimitiveFormat = () => new PatchError('invalid patch format of primitive list', 'BadRequest')
const badRetainKeys = () => new PatchError('invalid patch format of retainKeys', 'BadRequest')

/** Neither argument is changed; the result may share parts of both. Throws PatchError. */
export function strategicMerge(original: JsonObject, patch: JsonObject, schema: Schema | undefined): JsonObject {
  const how = member(patch, directive)
  if (how !== undefined) return replaced(how, patch)
  const result = retained(original, patch)
  const ordered = mergeOrderedLists(result, patch, schema)
  for (const key of Object.keys(patch)) {
    if (key === retainKeys || key.startsWith(setElementOrder) || ordered.has(key)) continue
    const value = member(patch, key) ?? null
    if (key.startsWith(deleteFromPrimitiveList)) removePrimitives(result, key, value)
    else mergeMember(result, key, value, schema)
  }
  return result
}

/** What `$patch` makes of an object. */
function replaced(how: Json, patch: JsonObject): JsonObject {
  if (how === 'delete') return {}
  if (how !== 'replace') throw unknownDirective(how, patch)
  const { [directive]: _replace, ...rest } = patch
  return withoutDirectives(rest) as JsonObject
}

function unknownDirective(how: Json, patch: JsonObject): PatchError {
  return new PatchError(`unknown patch type: ${printed(how)} in map: ${printed(patch)}`)
}

function missingKey(item: JsonObject, key: string): PatchError {
  return new PatchError(`map: ${printed(item)} does not contain declared merge key: ${key}`)
}

/** A copy of the original, with only the members that `$retainKeys` names: where one choice replaces another. */
function retained(original: JsonObject, patch: JsonObject): JsonObject {
  const keep = member(patch, retainKeys)
  if (keep === undefined) return { ...original }
  if (!Array.isArray(keep)) throw badRetainKeys()
  const isKept = (key: string) => keep.includes(key)
  const given = Object.keys(patch).filter(key => patch[key] !== null && key !== retainKeys)
  const own = given.filter(key => !key.startsWith(deleteFromPrimitiveList) && !key.startsWith(setElementOrder))
  if (!own.every(isKept)) throw badRetainKeys()
  return Object.fromEntries(Object.entries(original).filter(([key]) => isKept(key)))
}

/** The part of a directive's name after the slash. */
function listOf(key: string, prefix: string, wrong: () => PatchError): string {
  if (!key.startsWith(`${prefix}/`)) throw wrong()
  return key.slice(prefix.length + 1)
}

/** Lists whose order the patch gives, with what it changes in them. Returns their names: they are done. */
function mergeOrderedLists(result: JsonObject, patch: JsonObject, schema: Schema | undefined): Set<string> {
  const done = new Set<string>()
  for (const directiveKey of Object.keys(patch)) {
    if (!directiveKey.startsWith(setElementOrder)) continue
    const key = listOf(directiveKey, setElementOrder, badOrderFormat)
    const order = listIn(patch, directiveKey) ?? []
    const present = listIn(result, key)
    const changes = listIn(patch, key)
    const list = new ListMerge(schema, key)
    if (changes) list.checkOrder(changes, order)
    if (present || changes) {
      setMember(result, key, list.ordered(present, changes, order))
      done.add(key)
    }
  }
  return done
}

function listIn(object: JsonObject, key: string): Json[] | undefined {
  const value = member(object, key)
  if (value === undefined || Array.isArray(value)) return value
  throw new PatchError(`expected a []interface {}, but received a ${goType(value)}`)
}

function goType(value: Json): string {
  if (value === null) return '%!s(<nil>)'
  if (Array.isArray(value)) return '[]interface {}'
  if (isObject(value)) return 'map[string]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'boolean' ? 'bool' : 'string'
}

function removePrimitives(result: JsonObject, directiveKey: string, values: Json): void {
  const key = listOf(directiveKey, deleteFromPrimitiveList, badPrimitiveFormat)
  const present = member(result, key)
  if (values === null) delete result[key]
  if (!Array.isArray(values) || !Array.isArray(present)) return
  const isRemoved = (item: Json) => values.some(value => sameValue(item, value))
  setMember(
    result,
    key,
    present.filter(item => !isRemoved(item)),
  )
}

function mergeMember(result: JsonObject, key: string, value: Json, schema: Schema | undefined): void {
  const present = member(result, key)
  if (value === null) {
    delete result[key]
  } else if (Array.isArray(present) && Array.isArray(value)) {
    setMember(result, key, new ListMerge(schema, key).merged(present, value))
  } else if (isObject(present) && isObject(value)) {
    const property = propertyOf(schema, key)
    const isReplaced = strategyOf(property) === 'replace'
    setMember(result, key, isReplaced ? withoutDirectives(value) : strategicMerge(present, value, property))
  } else if (isObject(value) && Object.hasOwn(value, directive)) {
    delete result[key]
  } else {
    setMember(result, key, withoutDirectives(value))
  }
}

function propertyOf(schema: Schema | undefined, key: string): Schema | undefined {
  const { properties } = schema ?? {}
  if (!properties) return schema?.additionalProperties
  const property = Object.hasOwn(properties, key) ? properties[key] : undefined
  if (property) return property
  const struct = schema?.name?.replace(/^.*?V\d+((alpha|beta)\d+)?/, '') ?? ''
  throw new PatchError(`unable to find api field in struct ${struct} for the json field ${JSON.stringify(key)}`)
}

/** How a field merges; `retainKeys` says something else. */
function strategyOf(property: Schema | undefined): string {
  return property?.patchStrategy?.find(strategy => strategy !== 'retainKeys') ?? ''
}

/** What a patch puts where nothing was: its nulls and directives mean nothing there. */
function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) return value.filter(item => !isDirective(item)).map(withoutDirectives)
  if (!isObject(value)) return value
  const result: JsonObject = {}
  for (const [key, each] of Object.entries(value)) {
    if (each === null || isDirective(each) || isDirectiveName(key)) continue
    setMember(result, key, withoutDirectives(each))
  }
  return result
}

const isDirective = (value: Json) => isObject(value) && Object.hasOwn(value, directive)

function isDirectiveName(key: string): boolean {
  return key === retainKeys || key.startsWith(`${setElementOrder}/`) || key.startsWith(`${deleteFromPrimitiveList}/`)
}

/** The merging of one list field. */
class ListMerge {
  readonly #key: string | undefined
  readonly #items: Schema | undefined
  readonly #isMerged: boolean
  readonly #same: SameElement

  constructor(schema: Schema | undefined, field: string) {
    const property = propertyOf(schema, field)
    this.#key = property?.patchMergeKey
    this.#items = property?.items
    this.#isMerged = strategyOf(property) === 'merge'
    this.#same = this.#key === undefined ? sameValue : sameMember(this.#key)
  }

  /** The patch gives no order but its own. */
  merged(original: Json[], patch: Json[]): Json[] {
    if (!this.#isMerged) return withoutDirectives(patch) as Json[]
    if (original.length === 0 && patch.length === 0) return original
    const { merged, kept, changes } = this.#merge(original, patch)
    return orderElements(merged, changes, kept, this.#same)
  }

  ordered(original: Json[] | undefined, patch: Json[] | undefined, order: Json[]): Json[] {
    if (!original || !patch) {
      const list = original ?? (withoutDirectives(patch ?? []) as Json[])
      for (const item of this.#key === undefined ? [] : [...list, ...order]) this.#checkKey(item)
      return orderElements(list, order, original ?? [], this.#same)
    }
    const serverOrder = [...original]
    if (original.length === 0 && patch.length === 0) return original
    const merged = this.#isMerged
      ? this.#orderedMerge(original, patch, serverOrder)
      : (withoutDirectives(patch) as Json[])
    return orderElements(merged, order, serverOrder, this.#same)
  }

  /**
   * Upstream compares with the old list in memory that deletions and additions have meanwhile written to: a new element
   * takes the place of a deleted one, and so comes after what stood before that. `serverOrder` becomes that list.
   */
  #orderedMerge(original: Json[], patch: Json[], serverOrder: Json[]): Json[] {
    const { merged, kept, changes } = this.#merge(original, patch)
    if (this.#key !== undefined && kept !== changes) {
      for (const [i, item] of merged.entries()) if (i < serverOrder.length) serverOrder[i] = item
    }
    return orderElements(merged, changes, kept, this.#same)
  }

  /** `kept`: what the patch does not delete. `changes`: the patch's elements without directives. */
  #merge(original: Json[], patch: Json[]): { merged: Json[]; kept: Json[]; changes: Json[] } {
    checkTypes(original, patch)
    const [first] = [...original, ...patch]
    if (!isObject(first)) {
      const both = [...original, ...patch]
      const merged = both.filter((item, i) => both.findIndex(other => sameValue(other, item)) === i)
      return { merged, kept: original, changes: patch }
    }
    if (this.#key === undefined) throw new PatchError('cannot merge lists without merge key for struct')
    return this.#mergeObjects(original as JsonObject[], patch as JsonObject[], this.#key)
  }

  #mergeObjects(original: JsonObject[], patch: JsonObject[], key: string) {
    const changes = patch.filter(item => !isDirective(item))
    const { deleted, isReplaced } = directivesOf(patch, key)
    for (const item of changes) this.#checkKey(item)
    if (isReplaced) return { merged: changes.map(withoutDirectives), kept: changes, changes }
    const kept = original.filter(item => !deleted.some(other => this.#same(item, other)))
    const merged: JsonObject[] = [...kept]
    for (const item of changes) {
      const at = merged.findIndex(other => this.#same(other, item))
      const present = merged[at]
      if (present) merged[at] = strategicMerge(present, item, this.#items)
      else merged.push(withoutDirectives(item) as JsonObject)
    }
    for (const item of merged) if (!Object.hasOwn(item, key)) throw missingKey(item, key)
    return { merged, kept, changes }
  }

  /** The elements of a patch must stand in the order that the patch itself gives. */
  checkOrder(patch: Json[], order: Json[]): void {
    if (order.length === 0) return
    const wanted = patch.filter(item => !(isObject(item) && item[directive] === 'delete'))
    let next = 0
    for (const place of order) {
      while (isDirective(wanted[next] ?? null)) next++
      const item = wanted[next]
      if (item === undefined) return
      if (this.#key !== undefined) for (const each of [item, place]) this.#checkKey(each)
      if (this.#same(item, place)) next++
    }
    if (next === wanted.length) return
    throw new PatchError(
      `The order in patch list:\n${printed(patch)}\n doesn't match ${setElementOrder} list:\n${printed(order)}\n`,
    )
  }

  #checkKey(item: Json): void {
    if (!isObject(item)) throw new PatchError(`expected a map[string]interface {}, but received a ${goType(item)}`)
    if (this.#key !== undefined && !Object.hasOwn(item, this.#key)) throw missingKey(item, this.#key)
  }
}

/** What the elements with `$patch` say of a list. */
function directivesOf(patch: JsonObject[], key: string): { deleted: JsonObject[]; isReplaced: boolean } {
  const deleted: JsonObject[] = []
  let isReplaced = false
  for (const item of patch) {
    const how = member(item, directive)
    if (how === undefined) continue
    if (how === 'merge') throw new PatchError('merging lists cannot yet be specified in the patch')
    if (how === 'replace') isReplaced = true
    else if (how !== 'delete') throw unknownDirective(how, item)
    else if (!Object.hasOwn(item, key)) throw missingKey(item, key)
    else deleted.push(item)
  }
  return { deleted, isReplaced }
}

function sameMember(key: string): SameElement {
  return (a, b) =>
    isObject(a) && isObject(b) && Object.hasOwn(a, key) && sameValue(a[key] ?? null, member(b, key) ?? null)
}

/** All elements must be of one type, which is no list. */
function checkTypes(...lists: [Json[], Json[]]): void {
  const types = new Set(lists.flat().map(goType))
  if (types.has('[]interface {}')) throw new PatchError('lists of lists are not supported', 'Unprocessable')
  if (types.size > 1) throw new PatchError(`list element types are not identical: ${printed(lists)}`)
}
