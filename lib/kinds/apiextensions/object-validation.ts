// Is a custom object valid? Its schema, its lists that must be sets or maps, and the whole objects within it.

import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
  typeInvalid,
} from '../../api/field-errors.ts'
import { type ObjectMeta, parseApiVersion } from '../../api/meta.ts'
import { validateAnnotations, validateLabels, validateOwnerReferences } from '../../api/validation.ts'
import { dns1035LabelErrors } from '../../api/validation-names.ts'
import { memberSchema } from '../../schema/default-values.ts'
import { isObject, type JsonObject } from '../../schema/json-object.ts'
import type { Schema } from '../../schema/schema.ts'
import { type Problem, validate } from '../../schema/validate.ts'

/** `old` is what stands there; `field` where the value is in its object, '' for the object itself. */
export function validateValue(schema: Schema, value: unknown, old: unknown, field = ''): FieldError[] {
  return validate(schema, value, old).map(problem => fieldError(problem, field))
}

/** Upstream prints the path of an error that is about the whole object in this way. */
const wholeObject = '<nil>'

function fieldError(problem: Problem, base: string): FieldError {
  const field = [base, problem.path].filter(Boolean).join('.') || wholeObject
  switch (problem.type) {
    case 'Required':
      return required(field)
    case 'NotSupported':
      return notSupported(field, problem.value, problem.supported)
    case 'TooLong':
      return tooLong(field, problem.max)
    case 'TooMany':
      return tooMany(field, problem.actual, problem.max)
    case 'TypeInvalid':
      return typeInvalid(field, problem.value, problem.detail)
    default:
      return invalid(field, problem.value, problem.detail)
  }
}

/** Members of a set, and the keys of a list that is a map, must be unique. */
export function validateListTypes(schema: Schema, value: unknown, field = ''): FieldError[] {
  if (Array.isArray(value)) {
    const { items } = schema
    const nested = items ? value.flatMap((item, i) => validateListTypes(items, item, `${field}[${i}]`)) : []
    return [...duplicates(schema, value, field), ...nested]
  }
  return membersOf(schema, value).flatMap(([name, member, inner, isNamed]) =>
    validateListTypes(inner, member, isNamed ? joined(field, name) : `${field}[${name}]`),
  )
}

function duplicates({ listType, listMapKeys = [] }: Schema, list: unknown[], field: string): FieldError[] {
  if (listType === 'set') return repeated(list).map(i => duplicate(`${field}[${i}]`, list[i]))
  if (listType !== 'map') return []
  const stranger = list.findIndex(item => item !== null && !isObject(item))
  if (stranger >= 0) {
    return [invalid(`${field}[${stranger}]`, list[stranger], 'must be an object for an array of list-type map')]
  }
  const keys = list.map(item => keysOf((item ?? {}) as JsonObject, listMapKeys))
  return repeated(keys).map(i => duplicate(`${field}[${i}]`, keys[i]))
}

function keysOf(item: JsonObject, names: string[]): JsonObject {
  return Object.fromEntries(names.filter(name => Object.hasOwn(item, name)).map(name => [name, item[name]]))
}

/** The place of the second of those that are the same. */
function repeated(values: unknown[]): number[] {
  const times = new Map<string, number>()
  const found: number[] = []
  for (const [i, value] of values.entries()) {
    const text = canonical(value)
    const before = times.get(text) ?? 0
    times.set(text, before + 1)
    if (before === 1) found.push(i)
  }
  return found
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member,
  )
}

/** The objects that the schema says stand whole within this one. */
export function validateEmbedded(schema: Schema, value: unknown, field = ''): FieldError[] {
  const own = schema.embeddedResource && isObject(value) ? embeddedErrors(value, field) : []
  if (Array.isArray(value)) {
    const { items } = schema
    return items ? value.flatMap((item, i) => validateEmbedded(items, item, `${field}[${i}]`)) : []
  }
  const nested = membersOf(schema, value).flatMap(([name, member, inner, isNamed]) =>
    validateEmbedded(inner, member, isNamed ? joined(field, name) : `${field}[${name}]`),
  )
  return [...own, ...nested]
}

function embeddedErrors({ apiVersion = '', kind = '', metadata }: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (apiVersion === '') errors.push(required(`${field}.apiVersion`, 'must not be empty'))
  else if (parseApiVersion(String(apiVersion)).version.includes('/')) {
    errors.push(invalid(`${field}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`))
  }
  if (kind === '') errors.push(required(`${field}.kind`, 'must not be empty'))
  else {
    const wrong = dns1035LabelErrors(String(kind).toLowerCase())
    const why = `may have mixed case, but should otherwise match: ${wrong.join(',')}`
    if (wrong.length > 0) errors.push(invalid(`${field}.kind`, kind, why))
  }
  const meta = (metadata ?? {}) as ObjectMeta
  return [
    ...errors,
    ...validateLabels(meta.labels, `${field}.metadata.labels`),
    ...validateAnnotations(meta.annotations, `${field}.metadata.annotations`),
    ...validateOwnerReferences(meta.ownerReferences, `${field}.metadata.ownerReferences`),
  ]
}

/** The members that the schema speaks of, each with its schema; the last says whether it is a property by name. */
function membersOf(schema: Schema, value: unknown): [string, unknown, Schema, boolean][] {
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, member]): [string, unknown, Schema, boolean][] => {
    const inner = memberSchema(schema, name)
    return inner ? [[name, member, inner, Object.hasOwn(schema.properties ?? {}, name)]] : []
  })
}

function joined(field: string, name: string): string {
  return field === '' ? name : `${field}.${name}`
}
