// A protobuf message as the JSON value it stands for, read by the schema of its kind: the schema knows the types, the
// tables know the numbers.

import { definitionNames } from '../../schema/definition-names.ts'
import { inexactText, parseJson } from '../../schema/json-text.ts'
import type { Schema } from '../../schema/schema.ts'
import { type FieldNumber, messageOf } from './field-numbers.ts'
import { packedVarints, WireError, type WireField, wireFields } from './wire.ts'

type Values = Record<string, unknown>

/** Messages in messages: more than any object has, and few enough for recursion. */
const maxDepth = 500

/** A kind that has no protobuf form here: a custom one. */
export class NoSuchMessage extends Error {}

/** `schema` is a model's. Throws WireError, whose text is for the client, and NoSuchMessage. */
export function decodeMessage(schema: Schema, bytes: Buffer, depth = 0): Values {
  if (depth > maxDepth) throw new WireError('proto: exceeded max depth')
  const [name = '', version = '', group = ''] = (definitionNames.get(schema.name ?? '') ?? '').split('.').reverse()
  const values: Values = {}
  fieldsInto(values, { schema, packageName: `${group}/${version}`, message: name, depth }, bytes)
  return values
}

interface Target {
  schema: Schema
  packageName: string
  message: string
  /** How many messages it stands in. */
  depth: number
}

function fieldsInto(values: Values, target: Target, bytes: Buffer): void {
  const numbers = messageOf(target.packageName, target.message)
  if (!numbers) throw new NoSuchMessage(`no protobuf message ${target.packageName}.${target.message} is known`)
  for (const wire of wireFields(bytes)) {
    const field = numbers.get(wire.number)
    // A field of a newer version.
    if (!field) continue
    if (field.inline) fieldsInto(values, { ...target, message: field.inline }, bytesOf(wire))
    else fieldInto(values, field, target.schema.properties?.[field.name], { wire, depth: target.depth + 1 })
  }
}

function fieldInto(
  values: Values,
  { name, keepsZero }: FieldNumber,
  schema: Schema | undefined,
  { wire, depth }: { wire: WireField; depth: number },
): void {
  if (!schema) return
  if (schema.type === 'array') {
    const items = schema.items ?? {}
    values[name] ??= []
    const list = values[name] as unknown[]
    if (wire.type === 'bytes' && items.type === 'integer') {
      for (const value of packedVarints(wire.value)) list.push(signed(value))
    } else list.push(jsonOf(items, wire, depth))
  } else if (schema.additionalProperties) {
    values[name] ??= {}
    entryInto(values[name] as Values, schema.additionalProperties, bytesOf(wire), depth)
  } else {
    const value = jsonOf(schema, wire, depth)
    const isZero = value === undefined || value === '' || value === 0 || value === false
    if (value !== undefined && (keepsZero || !isZero)) values[name] = value
  }
}

function entryInto(map: Values, schema: Schema, bytes: Buffer, depth: number): void {
  let key = ''
  let value = zeroOf(schema)
  for (const wire of wireFields(bytes)) {
    if (wire.number === 1) key = bytesOf(wire).toString('utf8')
    else if (wire.number === 2) value = mapValue(schema, wire, depth)
  }
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
}

/** A map's list is a message of its own, with the list in field 1. */
function mapValue(schema: Schema, wire: WireField, depth: number): unknown {
  if (schema.type !== 'array') return jsonOf(schema, wire, depth)
  return Array.from(wireFields(bytesOf(wire)), element => jsonOf(schema.items ?? {}, element, depth))
}

function zeroOf(schema: Schema): unknown {
  if (schema.type === 'array') return []
  if (schema.type === 'string') return schema.quantity ? '0' : ''
  return schema.type === 'boolean' ? false : schema.type === 'integer' ? 0 : {}
}

function jsonOf(schema: Schema, wire: WireField, depth: number): unknown {
  if (schema.quantity) return textField(bytesOf(wire)) || '0'
  if (schema.intOrString) return intOrString(bytesOf(wire))
  if (schema.oneOfTypes) return unionOf(schema.oneOfTypes, bytesOf(wire), depth)
  switch (schema.type) {
    case 'integer':
      return numberOf(wire)
    case 'number':
      return floatOf(wire)
    case 'boolean':
      return numberOf(wire) !== 0
    case 'string':
      return stringOf(schema, bytesOf(wire))
    default:
      if (schema.properties && !schema.name) return {}
      return schema.properties ? decodeMessage(schema, bytesOf(wire), depth) : rawJson(bytesOf(wire))
  }
}

function bytesOf(wire: WireField): Buffer {
  if (wire.type === 'bytes') return wire.value
  throw new WireError(`proto: wrong wireType for field ${wire.number}`)
}

function numberOf(wire: WireField): number {
  if (wire.type === 'varint') return signed(wire.value)
  throw new WireError(`proto: wrong wireType for field ${wire.number}`)
}

function floatOf(wire: WireField): number {
  if (wire.type === 'double') return wire.value
  throw new WireError(`proto: wrong wireType for field ${wire.number}`)
}

function signed(value: bigint): number {
  const whole = BigInt.asIntN(64, value)
  if (!Number.isSafeInteger(Number(whole))) throw new WireError(inexactText(`${whole}`))
  return Number(whole)
}

function stringOf({ format }: Schema, bytes: Buffer): string | undefined {
  if (format === 'byte') return bytes.toString('base64')
  if (format === 'date-time' || format === 'date-time-micro') return timeOf(bytes, format === 'date-time-micro')
  return bytes.toString('utf8')
}

/** Seconds and nanoseconds; an empty message is no time. */
function timeOf(bytes: Buffer, isMicro: boolean): string | undefined {
  let seconds: number | undefined
  let nanos = 0
  for (const wire of wireFields(bytes)) {
    if (wire.number === 1) seconds = numberOf(wire)
    else if (wire.number === 2) nanos = numberOf(wire)
  }
  if (seconds === undefined) return undefined
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) throw new WireError(`a time is out of range: ${seconds}`)
  const text = date.toISOString().slice(0, 19)
  return isMicro ? `${text}.${String(Math.trunc(nanos / 1000)).padStart(6, '0')}Z` : `${text}Z`
}

/** The string in field 1: a Quantity. */
function textField(bytes: Buffer): string {
  for (const wire of wireFields(bytes)) if (wire.number === 1) return bytesOf(wire).toString('utf8')
  return ''
}

function intOrString(bytes: Buffer): string | number {
  let isString = false
  let number = 0
  let text = ''
  for (const wire of wireFields(bytes)) {
    if (wire.number === 1) isString = numberOf(wire) === 1
    else if (wire.number === 2) number = numberOf(wire)
    else if (wire.number === 3) text = bytesOf(wire).toString('utf8')
  }
  return isString ? text : number
}

/** A message for a JSON schema or something else: a list in field 2, or beside a schema there a boolean in field 1. */
function unionOf([object = {}, other = {}]: Schema[], bytes: Buffer, depth: number): unknown {
  const schemaField = other.type === 'boolean' ? 2 : 1
  let result: unknown
  for (const wire of wireFields(bytes)) {
    if (wire.number === schemaField) result = jsonOf(object, wire, depth)
    else if (other.type === 'boolean') result ??= jsonOf(other, wire, depth)
    else result = [...(Array.isArray(result) ? result : []), jsonOf(other.items ?? {}, wire, depth)]
  }
  return result ?? (other.type === 'boolean' ? false : undefined)
}

/** RawExtension, FieldsV1, JSON: the JSON text in field 1. */
function rawJson(bytes: Buffer): unknown {
  for (const wire of wireFields(bytes)) {
    if (wire.number !== 1) continue
    try {
      return parseJson(bytesOf(wire).toString('utf8')).value
    } catch (cause) {
      const why = cause instanceof RangeError ? cause.message : 'a raw value is no JSON'
      throw Object.assign(new WireError(why), { cause })
    }
  }
  return undefined
}
