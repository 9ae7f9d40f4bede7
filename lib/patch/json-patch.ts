// JSON patch, RFC 6902, with the limits and the texts of the library upstream uses (evanphx/json-patch).

import { deepEqual, isObject, type Json, type JsonObject, member, PatchError, setMember } from './json.ts'

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
  if (!Array.isArray(document)) {
    throw new PatchError(`json: cannot unmarshal ${kindOf(document)} into Go value of type jsonpatch.Patch`)
  }
  return document.map(operation => {
    if (!isObject(operation)) {
      throw new PatchError(`json: cannot unmarshal ${kindOf(operation)} into Go value of type jsonpatch.Operation`)
    }
    return operation as unknown as JsonPatchOperation
  })
}

function kindOf(value: Json): string {
  if (value === null) return 'null'
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

class Patcher {
  document: Json
  #copiedBytes = 0

  constructor(document: Json) {
    this.document = document
  }

  apply(operation: JsonPatchOperation): void {
    const { op } = operation
    if (op === 'add') this.#add(op, pathOf(operation), givenValue(operation))
    else if (op === 'remove') this.#remove(op, pathOf(operation))
    else if (op === 'replace') this.#replace(pathOf(operation), givenValue(operation))
    else if (op === 'move') this.#move(fromOf(operation), pathOf(operation))
    else if (op === 'copy') this.#copy(fromOf(operation), pathOf(operation))
    else if (op === 'test') this.#test(pathOf(operation), operation.value ?? null)
    else throw new PatchError(`Unexpected kind: ${op ?? 'unknown'}`)
  }

  #add(op: string, path: string, value: Json): void {
    if (path === '') {
      this.document = value
      return
    }
    const { container, key } = this.#resolve(path)
    if (!container)
      throw new PatchError(`${op} operation does not apply: doc is missing path: "${path}": missing value`)
    if (Array.isArray(container)) {
      const index = key === '-' ? container.length : indexOf(container, key, container.length, path, op)
      container.splice(index, 0, value)
    } else {
      setMember(container, key, value)
    }
  }

  #remove(op: string, path: string): void {
    const { container, key } = this.#resolve(path)
    if (!container)
      throw new PatchError(`${op} operation does not apply: doc is missing path: "${path}": missing value`)
    if (Array.isArray(container)) {
      container.splice(indexOf(container, key, container.length - 1, path, op), 1)
    } else if (Object.hasOwn(container, key)) {
      delete container[key]
    } else {
      throw new PatchError(`error in ${op} for path: '${path}': Unable to ${op} nonexistent key: ${key}: missing value`)
    }
  }

  #replace(path: string, value: Json): void {
    if (path === '') {
      this.document = value
      return
    }
    const { container, key } = this.#resolve(path)
    const missing = (what: string) =>
      new PatchError(`replace operation does not apply: doc is missing ${what}: ${path}: missing value`)
    if (!container) throw missing('path')
    if (this.#read(container, key) === undefined) throw missing('key')
    if (Array.isArray(container)) container[arrayIndex(container, key) ?? 0] = value
    else setMember(container, key, value)
  }

  #move(from: string, path: string): void {
    const value = this.#valueAt('move', from)
    this.#remove('move', from)
    this.#add('move', path, value)
  }

  #copy(from: string, path: string): void {
    const value = structuredClone(this.#valueAt('copy', from))
    this.#copiedBytes += JSON.stringify(value).length
    if (this.#copiedBytes > maxCopiedBytes) {
      throw new PatchError(
        `Unable to copy, the accumulated size increase of copy is ${this.#copiedBytes}, exceeding the limit ${maxCopiedBytes}`,
      )
    }
    this.#add('copy', path, value)
  }

  #test(path: string, expected: Json): void {
    const { container, key } = this.#resolve(path)
    const actual = path === '' ? this.document : container && this.#read(container, key)
    if (!deepEqual(actual ?? null, expected)) throw new PatchError(`testing value ${path} failed: test failed`)
  }

  #valueAt(op: string, from: string): Json {
    if (from === '') return this.document
    const { container, key } = this.#resolve(from)
    const value = container && this.#read(container, key)
    if (value !== undefined) return value
    throw new PatchError(`${op} operation does not apply: doc is missing from path: ${from}: missing value`)
  }

  #read(container: Container, key: string): Json | undefined {
    if (!Array.isArray(container)) return member(container, key)
    const index = arrayIndex(container, key)
    return index === undefined ? undefined : container[index]
  }

  /** The object or list that holds what the path names. */
  #resolve(path: string): { container: Container | undefined; key: string } {
    const keys = path.split('/').slice(1).map(unescapeKey)
    const last = keys.pop() ?? ''
    let at: Json | undefined = this.document
    for (const key of keys) at = isContainer(at) ? this.#read(at, key) : undefined
    return { container: isContainer(at) ? at : undefined, key: last }
  }
}

function isContainer(value: Json | undefined): value is Container {
  return Array.isArray(value) || isObject(value)
}

function unescapeKey(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** undefined when there is no such element. A negative index counts from the end. */
function arrayIndex(array: Json[], key: string): number | undefined {
  if (!/^-?\d+$/.test(key)) return undefined
  const index = Number(key) < 0 ? Number(key) + array.length : Number(key)
  return index >= 0 && index < array.length ? index : undefined
}

function indexOf(array: Json[], key: string, highest: number, path: string, op: string): number {
  const fail = (why: string) => new PatchError(`error in ${op} for path: '${path}': ${why}`)
  if (!/^-?\d+$/.test(key)) throw fail(`value was not a proper array index: '${key}'`)
  const index = Number(key) < 0 ? Number(key) + array.length : Number(key)
  if (index < 0 || index > highest) throw fail(`Unable to access invalid index: ${key}: invalid index referenced`)
  return index
}

function pathOf(operation: JsonPatchOperation): string {
  return pointer(operation.op, 'path', operation.path)
}

function fromOf(operation: JsonPatchOperation): string {
  return pointer(operation.op, 'from', operation.from)
}

function pointer(op: string, member: 'path' | 'from', value: unknown): string {
  if (typeof value !== 'string') {
    throw new PatchError(`${op} operation failed to decode ${member}: operation missing ${member} field: missing value`)
  }
  return value
}

function givenValue(operation: JsonPatchOperation): Json {
  // A value that is null is a value; one that is absent is taken as null too, as upstream's library does.
  return operation.value === undefined ? null : structuredClone(operation.value)
}
