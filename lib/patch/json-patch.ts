// JSON patch, RFC 6902, as the library does it that upstream uses (evanphx/json-patch v4): its limits, its texts, and
// where it is more lenient than the RFC (replacing a member that is not there, negative places in lists).

import { jsonEqual } from '../util/json-equal.ts'
import { isObject, type Json, type JsonObject, member, PatchError, setMember } from './json.ts'

export interface JsonPatchOperation {
  op: string
  path: string
  from?: string
  value?: Json
}

export const maxOperations = 10_000
/** What `copy` may add in all, so that a short patch cannot make a huge object. */
const maxCopiedBytes = 3 * 1024 * 1024

/** The operations of a patch document. Throws PatchError when it is none. */
export function parseJsonPatch(document: Json): JsonPatchOperation[] {
  if (document === null) return []
  if (!Array.isArray(document)) throw cannotUnmarshal(document, 'Patch')
  return document.map(operation => {
    if (!isObject(operation) && operation !== null) throw cannotUnmarshal(operation, 'Operation')
    return (operation ?? {}) as unknown as JsonPatchOperation
  })
}

function cannotUnmarshal(value: Json, type: string): PatchError {
  return new PatchError(`json: cannot unmarshal ${jsonType(value)} into Go value of type jsonpatch.${type}`)
}

function jsonType(value: Json | undefined): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** The patched document; the given one is not changed. Throws PatchError at the first operation that fails. */
export function jsonPatch(document: Json, operations: readonly JsonPatchOperation[]): Json {
  const patcher = new Patcher(structuredClone(document))
  for (const operation of operations) patcher.apply(operation)
  return patcher.document
}

type Container = JsonObject | Json[]

const missing = 'missing value'
const testFailed = (path: string) => new PatchError(`testing value ${path} failed: test failed`)

class Patcher {
  document: Json
  #copiedBytes = 0

  constructor(document: Json) {
    this.document = document
  }

  apply(operation: JsonPatchOperation): void {
    const op = typeof operation.op === 'string' ? operation.op : 'unknown'
    if (op === 'add') this.#add(operation)
    else if (op === 'remove') this.#remove(operation)
    else if (op === 'replace') this.#replace(operation)
    else if (op === 'move') this.#move(operation)
    else if (op === 'copy') this.#copy(operation)
    else if (op === 'test') this.#test(operation)
    else throw new PatchError(`Unexpected kind: ${op}`)
  }

  #add(operation: JsonPatchOperation): void {
    const path = pathOf(operation, missing)
    const { container, key } = this.#find(path)
    if (!container) throw new PatchError(`add operation does not apply: doc is missing path: "${path}": ${missing}`)
    explained(`error in add for path: '${path}'`, () => add(container, key, givenValue(operation)))
  }

  #remove(operation: JsonPatchOperation): void {
    const path = pathOf(operation, missing)
    const { container, key } = this.#find(path)
    if (!container) throw new PatchError(`remove operation does not apply: doc is missing path: "${path}": ${missing}`)
    explained(`error in remove for path: '${path}'`, () => remove(container, key))
  }

  #replace(operation: JsonPatchOperation): void {
    const path = pathOf(operation)
    if (path === '') {
      this.document = wholeDocument(operation)
      return
    }
    const { container, key } = this.#find(path)
    if (!container) throw new PatchError(`replace operation does not apply: doc is missing path: ${path}: ${missing}`)
    if (Array.isArray(container)) {
      const index = existingIndex(container, key)
      if (typeof index === 'string') {
        throw new PatchError(`replace operation does not apply: doc is missing key: ${path}: ${missing}`)
      }
      container[index] = givenValue(operation)
    } else {
      setMember(container, key, givenValue(operation))
    }
  }

  #move(operation: JsonPatchOperation): void {
    const from = fromOf(operation)
    const { container, key } = this.#find(from)
    if (!container) throw new PatchError(`move operation does not apply: doc is missing from path: ${from}: ${missing}`)
    const value = explained(`error in move for path: '${key}'`, () => {
      const found = get(container, key)
      remove(container, key)
      return found
    })
    const path = pathOf(operation)
    const to = this.#find(path)
    if (!to.container) {
      throw new PatchError(`move operation does not apply: doc is missing destination path: ${path}: ${missing}`)
    }
    explained(`error in move for path: '${path}'`, () => add(to.container as Container, to.key, value))
  }

  #copy(operation: JsonPatchOperation): void {
    const from = fromOf(operation)
    const { container, key } = this.#find(from)
    if (!container) throw new PatchError(`copy operation does not apply: doc is missing from path: ${from}: ${missing}`)
    const value = structuredClone(explained(`error in copy for from: '${from}'`, () => get(container, key)))
    const path = pathOf(operation, missing)
    const to = this.#find(path)
    if (!to.container) {
      throw new PatchError(`copy operation does not apply: doc is missing destination path: ${path}: ${missing}`)
    }
    this.#copiedBytes += value === null ? 0 : JSON.stringify(value).length
    if (this.#copiedBytes > maxCopiedBytes) {
      throw new PatchError(
        `Unable to complete the copy, the accumulated size increase of copy is ${this.#copiedBytes}, exceeding the limit ${maxCopiedBytes}`,
      )
    }
    explained('error while adding value during copy', () => add(to.container as Container, to.key, value))
  }

  #test(operation: JsonPatchOperation): void {
    const path = pathOf(operation)
    const wanted = operation.value ?? null
    if (path === '') {
      if (!jsonEqual(this.document, wanted)) throw testFailed(path)
      return
    }
    const { container, key } = this.#find(path)
    if (!container) throw new PatchError(`test operation does not apply: is missing path: ${path}: ${missing}`)
    const value = explained(`error in test for path: '${path}'`, () => get(container, key))
    if (!jsonEqual(value, wanted)) throw testFailed(path)
  }

  /** The object or list that holds what the path names; none for the path of the whole document. */
  #find(path: string): { container: Container | undefined; key: string } {
    const [first, ...keys] = path.split('/').map(unescapeKey)
    const last = keys.pop()
    if (first === undefined || last === undefined) return { container: undefined, key: '' }
    let at: Json | undefined = this.document
    for (const key of keys) at = isContainer(at) ? found(at, key) : undefined
    return { container: isContainer(at) ? at : undefined, key: last }
  }
}

function isContainer(value: Json | undefined): value is Container {
  return Array.isArray(value) || isObject(value)
}

function unescapeKey(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** Runs part of an operation, and says in which operation it failed. */
function explained<T>(where: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw error instanceof PatchError ? new PatchError(`${where}: ${error.message}`) : error
  }
}

function found(container: Container, key: string): Json | undefined {
  if (!Array.isArray(container)) return member(container, key)
  const index = existingIndex(container, key)
  return typeof index === 'string' ? undefined : container[index]
}

/** A member that is not there is null. */
function get(container: Container, key: string): Json {
  if (!Array.isArray(container)) return member(container, key) ?? null
  const index = existingIndex(container, key)
  if (typeof index === 'string') throw new PatchError(index)
  return container[index] ?? null
}

function add(container: Container, key: string, value: Json): void {
  if (!Array.isArray(container)) {
    setMember(container, key, value)
    return
  }
  if (key === '-') {
    container.push(value)
    return
  }
  const index = integer(key)
  if (typeof index === 'string') throw new PatchError(`value was not a proper array index: '${key}': ${index}`)
  // A negative place counts from the end of the list as it will be: -1 appends.
  const size = container.length + 1
  if (index >= size || index < -size) throw new PatchError(invalidIndex(index))
  container.splice(index < 0 ? index + size : index, 0, value)
}

function remove(container: Container, key: string): void {
  if (Array.isArray(container)) {
    const index = existingIndex(container, key)
    if (typeof index === 'string') throw new PatchError(index)
    container.splice(index, 1)
  } else if (Object.hasOwn(container, key)) {
    delete container[key]
  } else {
    throw new PatchError(`Unable to remove nonexistent key: ${key}: ${missing}`)
  }
}

/** A place in a list, or what is wrong with it. */
function existingIndex(array: Json[], key: string): number | string {
  const index = integer(key)
  if (typeof index === 'string') return index
  if (index >= array.length || index < -array.length) return invalidIndex(index)
  return index < 0 ? index + array.length : index
}

const invalidIndex = (index: number) => `Unable to access invalid index: ${index}: invalid index referenced`

/** As Go's strconv.Atoi reads it: the number, or what is wrong. */
function integer(text: string): number | string {
  const parsing = `strconv.Atoi: parsing ${JSON.stringify(text)}`
  if (!/^[+-]?[0-9]+$/.test(text)) return `${parsing}: invalid syntax`
  return Number.isSafeInteger(Number(text)) ? Number(text) : `${parsing}: value out of range`
}

function pathOf(operation: JsonPatchOperation, why?: string): string {
  return pointer(operation.op, 'path', operation.path, why ?? `operation missing path field: ${missing}`)
}

function fromOf(operation: JsonPatchOperation): string {
  return pointer(operation.op, 'from', operation.from, `operation, missing from field: ${missing}`)
}

function pointer(op: string, field: 'path' | 'from', value: unknown, whenMissing: string): string {
  if (typeof value === 'string') return value
  const isMissing = value === undefined || value === null || whenMissing === missing
  const why = isMissing ? whenMissing : `json: cannot unmarshal ${jsonType(value as Json)} into Go value of type string`
  throw new PatchError(`${op} operation failed to decode ${field}: ${why}`)
}

/** A value that is left out is null. */
function givenValue(operation: JsonPatchOperation): Json {
  return structuredClone(operation.value ?? null)
}

function wholeDocument(operation: JsonPatchOperation): Json {
  const value = givenValue(operation)
  if (!isContainer(value)) throw new PatchError('replace operation value must be object or array: %!w(<nil>)')
  return value
}
