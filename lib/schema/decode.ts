// From a JSON value to an object of a built-in kind, as Go's decoder does it: unknown fields are dropped and reported,
// null is absent, times, quantities and bytes get their canonical text, and a value of the wrong type is an error in
// Go's words. One pass, which copies: the result shares nothing with what came in.

import { canonicalBase64 } from './go-base64.ts'
import { inlineStructs, namedTypes } from './go-structs.ts'
import { canonicalMicroTime, canonicalTime } from './go-time.ts'
import { goType, jsonType, structName } from './go-type.ts'
import { isObject, type JsonObject } from './json-object.ts'
import { inexactText, isInexact } from './json-text.ts'
import { pathText } from './path-text.ts'
import { canonicalQuantity } from './quantity.ts'
import type { Schema } from './schema.ts'

export interface DecodeOptions {
  /** Told of every field the schema does not have: `spec.containers[0].foo`. */
  onUnknown?(path: string): void
  /** The texts of numbers that their values do not tell (see json-text.ts), by path. */
  numbers?: ReadonlyMap<string, string>
}

/** What the decoder says of a value it cannot take. The caller says of which object. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/** Throws DecodeError. */
export function decode(schema: Schema, value: unknown, options: DecodeOptions = {}): unknown {
  return new Decoder(options).decode(schema, value)
}

class Decoder {
  readonly #options: DecodeOptions
  readonly #hasInexact: boolean
  /** Where we are, for messages about unknown fields: names, keys and places in lists. */
  readonly #path: (string | number)[] = []
  /** Where we are as Go's decoder says it: the fields of structs, and the structs they are fields of. */
  readonly #fields: string[] = []
  readonly #structs: Schema[] = []
  /** Go goes on after a value of the wrong type, and reports the first. */
  #mismatch: DecodeError | undefined

  constructor(options: DecodeOptions) {
    this.#options = options
    this.#hasInexact = [...(options.numbers?.values() ?? [])].some(isInexact)
  }

  decode(schema: Schema, value: unknown): unknown {
    const decoded = this.#value(schema, value)
    if (this.#mismatch) throw this.#mismatch
    return decoded
  }

  #value(schema: Schema, value: unknown): unknown {
    if (value === null || value === undefined) return zero(schema)
    if (schema.intOrString) return this.#intOrString(value)
    if (schema.oneOfTypes) return this.#value(ofItsType(schema.oneOfTypes, value), value)
    switch (schema.type) {
      case 'object':
        return this.#object(schema, value)
      case 'array':
        return this.#array(schema, value)
      case 'string':
        return this.#string(schema, value)
      case 'integer':
        return this.#integer(schema, value)
      case 'number':
        if (typeof value === 'number' && !Number.isFinite(value)) return this.#badNumber(schema, value)
        return typeof value === 'number' ? value : this.#wrongType(schema, value)
      case 'boolean':
        return typeof value === 'boolean' ? value : this.#wrongType(schema, value)
      default:
        return this.#any(value)
    }
  }

  #object(schema: Schema, value: unknown): unknown {
    if (!isObject(value)) return this.#wrongType(schema, value)
    if (schema.properties) return this.#fieldsOf(schema, schema.properties, value)
    return schema.additionalProperties ? this.#map(schema.additionalProperties, value) : this.#any(value)
  }

  #fieldsOf(schema: Schema, properties: Record<string, Schema>, value: JsonObject): JsonObject {
    const result: JsonObject = {}
    for (const name of Object.keys(value)) {
      const given = value[name]
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined
      if (!property) {
        this.#unknown(schema, name, given, result)
      } else if (given !== null) {
        const decoded = this.#field(schema, name, property, given)
        if (decoded !== undefined && !isLeftOut(schema, name, property, decoded)) result[name] = decoded
      }
    }
    return result
  }

  #field(struct: Schema, name: string, property: Schema, value: unknown): unknown {
    this.#structs.push(struct)
    this.#fields.push(name)
    this.#path.push(name)
    const decoded = this.#value(property, value)
    this.#path.pop()
    this.#fields.pop()
    this.#structs.pop()
    return decoded
  }

  #unknown(schema: Schema, name: string, value: unknown, result: JsonObject): void {
    if (schema.preserveUnknownFields) setMember(result, name, this.#any(value, name))
    else this.#options.onUnknown?.(pathText([...this.#path, name]))
  }

  #map(values: Schema, value: JsonObject): JsonObject {
    const result: JsonObject = {}
    for (const key of Object.keys(value)) {
      this.#path.push(key)
      setMember(result, key, this.#value(values, value[key]))
      this.#path.pop()
    }
    return result
  }

  #array(schema: Schema, value: unknown): unknown {
    if (!Array.isArray(value)) return this.#wrongType(schema, value)
    const items = schema.items ?? {}
    return value.map((element, i) => {
      this.#path.push(i)
      const decoded = this.#value(items, element)
      this.#path.pop()
      return decoded
    })
  }

  #string(schema: Schema, value: unknown): unknown {
    if (schema.quantity) return custom(() => knownQuantity(this.#literal() ?? quantityText(value)))
    const isTime = schema.format === 'date-time' || schema.format === 'date-time-micro'
    if (typeof value !== 'string') {
      if (isTime) throw this.#mismatchOf('string', value)
      return this.#wrongType(schema, value)
    }
    if (isTime) return custom(() => (schema.format === 'date-time' ? canonicalTime(value) : canonicalMicroTime(value)))
    return schema.format === 'byte' ? this.#bytes(value) : value
  }

  #bytes(value: string): string | undefined {
    try {
      return canonicalBase64(value)
    } catch (cause) {
      this.#mismatch ??= new DecodeError((cause as Error).message, { cause })
      return undefined
    }
  }

  #integer(schema: Schema, value: unknown): unknown {
    if (typeof value !== 'number') return this.#wrongType(schema, value)
    const fits = schema.format === 'int32' ? (value | 0) === value : Number.isSafeInteger(value)
    const literal = this.#literal()
    if (fits && (literal === undefined || literal === '-0')) return value === 0 ? 0 : value
    if (literal && schema.format !== 'int32' && isInexact(literal)) {
      throw new DecodeError(inexactText(literal, pathText(this.#path)))
    }
    return this.#badNumber(schema, value)
  }

  #badNumber(schema: Schema, value: number): undefined {
    this.#mismatch ??= this.#mismatchOf(this.#goType(schema), value, this.#numberText(value))
    return undefined
  }

  #intOrString(value: unknown): unknown {
    if (typeof value === 'string') return value
    if (typeof value !== 'number') throw this.#mismatchOf('int32', value)
    const isWhole = (value | 0) === value && this.#literal() === undefined
    if (!isWhole) throw this.#mismatchOf('int32', value, this.#numberText(value))
    return value
  }

  /** Data without a schema, in which no number may change. */
  #any(value: unknown, ...below: string[]): unknown {
    if (!this.#hasInexact) return copy(value)
    this.#path.push(...below)
    const copied = this.#exactly(value)
    this.#path.length -= below.length
    return copied
  }

  /** A copy, made with an eye on every number. */
  #exactly(value: unknown): unknown {
    if (typeof value === 'number') {
      const literal = this.#literal()
      if (literal && isInexact(literal)) throw new DecodeError(inexactText(literal, pathText(this.#path)))
    }
    if (typeof value !== 'object' || value === null) return value
    const result: JsonObject = {}
    for (const [key, member] of Object.entries(value)) {
      this.#path.push(Array.isArray(value) ? Number(key) : key)
      setMember(result, key, this.#exactly(member))
      this.#path.pop()
    }
    return Array.isArray(value) ? Object.values(result) : result
  }

  /** How the number here was written, where that is not as its value is written. */
  #literal(): string | undefined {
    return this.#options.numbers?.get(pathText(this.#path))
  }

  #numberText(value: number): string {
    return `number ${this.#literal() ?? value}`
  }

  #wrongType(schema: Schema, value: unknown): undefined {
    this.#mismatch ??= this.#mismatchOf(this.#goType(schema), value)
    return undefined
  }

  /** A list's named type is that of its elements, unless it is the list that is named. */
  #goType(schema: Schema): string {
    const named = namedTypes.get(`${this.#structs.at(-1)?.name}.${this.#fields.at(-1)}`)
    if (named === undefined) return goType(schema)
    return named.startsWith('[]') && schema.type !== 'array' ? named.slice(2) : named
  }

  #mismatchOf(type: string, value: unknown, what: string = jsonType(value)): DecodeError {
    const struct = this.#structs.at(-1)
    const where = struct ? `Go struct field ${structName(struct)}.${this.#fieldPath()}` : 'Go value'
    return new DecodeError(`json: cannot unmarshal ${what} into ${where} of type ${type}`)
  }

  /** With the names of structs that stand inline in others. */
  #fieldPath(): string {
    const parts = this.#fields.flatMap((field, i) => {
      const inline = inlineStructs[this.#structs[i]?.name ?? '']
      return inline?.fields.has(field) ? [inline.name, field] : [field]
    })
    return parts.join('.')
  }
}

function ofItsType(schemas: Schema[], value: unknown): Schema {
  const type = Array.isArray(value) ? 'array' : typeof value
  return schemas.find(schema => schema.type === type) ?? schemas[0] ?? {}
}

/** Runs a conversion whose error Go returns at once. */
function custom(convert: () => string): string {
  try {
    return convert()
  } catch (cause) {
    if (cause instanceof DecodeError) throw cause
    throw new DecodeError((cause as Error).message, { cause })
  }
}

/** The same few quantities come again and again. */
const quantities = new Map<string, string>()
const maxQuantities = 1000

function knownQuantity(text: string): string {
  const known = quantities.get(text)
  if (known !== undefined) return known
  const canonical = canonicalQuantity(text)
  if (quantities.size >= maxQuantities) quantities.clear()
  quantities.set(text, canonical)
  return canonical
}

/** What Go's parser is given: a string's text, else the JSON itself. */
function quantityText(value: unknown): string {
  return typeof value === 'string' ? value.trim() : JSON.stringify(value)
}

/** What null stands for in a list or map, where it cannot be absent. */
function zero(schema: Schema): unknown {
  if (schema.intOrString) return 0
  if (schema.quantity) return '0'
  const isText = schema.type === 'string' && (schema.format === undefined || schema.format === 'byte')
  if (isText) return ''
  if (schema.type === 'integer' || schema.type === 'number') return 0
  if (schema.type === 'boolean') return false
  return schema.type === 'object' && schema.properties ? {} : null
}

/** An empty list or map is not written by Go, unless its field is always written. */
function isLeftOut(schema: Schema, name: string, property: Schema, value: unknown): boolean {
  const isEmpty = Array.isArray(value)
    ? value.length === 0
    : property.additionalProperties !== undefined && Object.keys(value as object).length === 0
  return isEmpty && !schema.required?.includes(name)
}

/** A member called `__proto__` is data like any other. */
export function setMember(object: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    object[key] = value
  }
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy)
  if (!isObject(value)) return value
  const result: JsonObject = {}
  for (const key of Object.keys(value)) setMember(result, key, copy(value[key]))
  return result
}
