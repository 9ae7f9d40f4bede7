// Is a schema structural? Then every field has one type, which pruning, defaulting and apply can rely on, and the
// alternatives in it (allOf, anyOf, oneOf, not) only restrict values.
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema

import { type FieldError, fieldForbidden, invalid, required } from '../../api/field-errors.ts'
import { goRegExp, PatternError } from '../../schema/go-regexp.ts'
import type { JsonSchemaProps } from '../../schema/json-schema-props.ts'
import { jsonEqual } from '../../util/json-equal.ts'

type Level = 'root' | 'item' | 'field'

/** In the order of their texts, as upstream gives them. */
export function structuralErrors(schema: JsonSchemaProps, field: string): FieldError[] {
  const errors = [...invariants(schema, 'root', field), ...incomplete(schema, schema, field, field)]
  const text = (error: FieldError) => `${error.field}: ${error.body}`
  return errors.sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0))
}

function invariants(schema: JsonSchemaProps, level: Level, field: string): FieldError[] {
  const { items, properties = {}, additionalProperties, type } = schema
  return [
    ...(type === 'array' && !items ? [required(`${field}.items`, 'must be specified')] : []),
    ...(items && !Array.isArray(items) ? invariants(items, 'item', `${field}.items`) : []),
    ...Object.entries(properties).flatMap(([name, property]) =>
      invariants(property, 'field', `${field}.properties[${name}]`),
    ),
    ...(additionalProperties !== undefined && level === 'root'
      ? [fieldForbidden(`${field}.additionalProperties`, 'must not be used at the root')]
      : []),
    ...(typeof additionalProperties === 'object'
      ? invariants(additionalProperties, 'field', `${field}.additionalProperties`)
      : []),
    ...extensionErrors(schema, field),
    ...valueErrors(schema, field, intOrStringPlace(schema)),
    ...typeErrors(schema, level, field),
    ...metaErrors(schema, level, field),
  ]
}

function extensionErrors(schema: JsonSchemaProps, field: string): FieldError[] {
  if (!schema['x-kubernetes-int-or-string']) return []
  return (['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const)
    .filter(name => schema[name])
    .map(name => invalid(`${field}.${name}`, true, 'must be false if x-kubernetes-int-or-string is true'))
}

const levelTexts: Record<Level, string> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

function typeErrors(schema: JsonSchemaProps, level: Level, field: string): FieldError[] {
  const { type, additionalProperties, properties = {} } = schema
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true
  const errors: FieldError[] = []
  if (isEmbedded && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true'
    errors.push(type ? invalid(`${field}.type`, type, why) : required(`${field}.type`, why))
  } else if (!type && !schema['x-kubernetes-int-or-string'] && !isOpen) {
    errors.push(required(`${field}.type`, levelTexts[level]))
  }
  if (isEmbedded && additionalProperties !== undefined) {
    const why = 'must not be used if x-kubernetes-embedded-resource is set'
    errors.push(fieldForbidden(`${field}.additionalProperties`, why))
  }
  if (level === 'root' && type && type !== 'object') {
    errors.push(invalid(`${field}.type`, type, 'must be object at the root'))
  }
  if (isEmbedded && !isOpen && Object.keys(properties).length === 0) {
    const why =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
    errors.push(required(`${field}.properties`, why))
  }
  return errors
}

/** What a whole object's own fields may be. */
function metaErrors(schema: JsonSchemaProps, level: Level, field: string): FieldError[] {
  const isObjectRoot = level === 'root' || schema['x-kubernetes-embedded-resource'] === true
  const at = (name: string) => `${field}.properties[${name}]`
  const errors: FieldError[] = []
  for (const name of ['kind', 'apiVersion']) {
    const property = own(schema.properties, name)
    if (property && isObjectRoot && property.type !== 'string') {
      errors.push(invalid(`${at(name)}.type`, property.type ?? '', 'must be string'))
    }
  }
  const metadata = own(schema.properties, 'metadata')
  if (!metadata) return errors
  if (isObjectRoot && metadata.type !== 'object') {
    errors.push(invalid(`${at('metadata')}.type`, metadata.type ?? '', 'must be object'))
  }
  if (level === 'root' && !saysOnlyNames(metadata)) {
    const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified'
    errors.push(fieldForbidden(at('metadata'), why))
  }
  return errors
}

function saysOnlyNames({ properties = {}, type: _, default: __, ...rest }: JsonSchemaProps): boolean {
  const isOnlyNames = Object.keys(properties).every(name => name === 'name' || name === 'generateName')
  return isOnlyNames && Object.keys(rest).length === 0
}

const intOrString: JsonSchemaProps[] = [{ type: 'integer' }, { type: 'string' }]

/** The one place where a type may stand in an alternative: anyOf, or the first allOf's anyOf, of integer and string. */
function intOrStringPlace({ anyOf, allOf }: JsonSchemaProps): { skipAnyOf: boolean; skipFirstAllOf: boolean } {
  return { skipAnyOf: jsonEqual(anyOf, intOrString), skipFirstAllOf: jsonEqual(allOf?.[0]?.anyOf, intOrString) }
}

function valueErrors(
  schema: JsonSchemaProps,
  field: string,
  { skipAnyOf = false, skipFirstAllOf = false },
): FieldError[] {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema
  return [
    ...(skipAnyOf ? [] : anyOf.flatMap((part, i) => nestedErrors(part, `${field}.anyOf[${i}]`))),
    ...allOf.flatMap((part, i) => nestedErrors(part, `${field}.allOf[${i}]`, skipFirstAllOf && i === 0)),
    ...oneOf.flatMap((part, i) => nestedErrors(part, `${field}.oneOf[${i}]`)),
    ...(not ? nestedErrors(not, `${field}.not`) : []),
    ...(pattern ? patternErrors(pattern, `${field}.pattern`) : []),
  ]
}

function patternErrors(pattern: string, field: string): FieldError[] {
  try {
    goRegExp(pattern)
    return []
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    return [invalid(field, pattern, `must be a valid regular expression, but isn't: ${error.message}`)]
  }
}

/** What says something of structure where only values may be restricted. */
const forbidden = [
  ['type', 'empty'],
  ['additionalProperties', 'undefined'],
  ['default', 'undefined'],
  ['title', 'empty'],
  ['description', 'empty'],
  ['nullable', 'false'],
  ['externalDocs', 'undefined'],
  ['x-kubernetes-preserve-unknown-fields', 'false'],
  ['x-kubernetes-embedded-resource', 'false'],
  ['x-kubernetes-int-or-string', 'false'],
  ['x-kubernetes-list-map-keys', 'empty'],
  ['x-kubernetes-list-type', 'undefined'],
  ['x-kubernetes-map-type', 'undefined'],
  ['x-kubernetes-validations', 'empty'],
] as const

function nestedErrors(schema: JsonSchemaProps, field: string, skipAnyOf = false): FieldError[] {
  const { items, properties = {} } = schema
  const isSaid = (value: unknown) =>
    value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0)
  return [
    ...valueErrors(schema, field, { skipAnyOf }),
    ...(items && !Array.isArray(items) ? nestedErrors(items, `${field}.items`) : []),
    ...Object.entries(properties).flatMap(([name, property]) => nestedErrors(property, `${field}.properties[${name}]`)),
    ...forbidden
      .filter(([name]) => isSaid(schema[name]) || (name === 'additionalProperties' && schema[name] === false))
      .map(([name, wanted]) => fieldForbidden(`${field}.${name}`, `must be ${wanted} to be structural`)),
    ...(own(properties, 'metadata')
      ? [fieldForbidden(`${field}.properties[metadata]`, 'must not be specified in a nested context')]
      : []),
  ]
}

/** What alternatives speak of must be specified outside of them too. */
function incomplete(
  values: JsonSchemaProps,
  structure: JsonSchemaProps,
  field: string,
  valueField: string,
): FieldError[] {
  const parts: [JsonSchemaProps, string][] = [
    ...(values.not ? [[values.not, `${valueField}.not`] as [JsonSchemaProps, string]] : []),
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap(name =>
      (values[name] ?? []).map((part, i): [JsonSchemaProps, string] => [part, `${valueField}.${name}[${i}]`]),
    ),
  ]
  return parts.flatMap(([part, partField]) => incompletePart(part, structure, field, partField))
}

function incompletePart(
  part: JsonSchemaProps,
  structure: JsonSchemaProps,
  field: string,
  partField: string,
): FieldError[] {
  const errors = incomplete(part, structure, field, partField)
  const missing = (at: string, definedIn: string) => required(at, `because it is defined in ${definedIn}`)
  if (part.items && !Array.isArray(part.items)) {
    const items = structure.items
    const at = [`${field}.items`, `${partField}.items`] as const
    errors.push(...(items && !Array.isArray(items) ? incompletePart(part.items, items, ...at) : [missing(...at)]))
  }
  for (const [name, property] of Object.entries(part.properties ?? {})) {
    const at = [`${field}.properties[${name}]`, `${partField}.properties[${name}]`] as const
    const specified = own(structure.properties, name)
    errors.push(...(specified ? incompletePart(property, specified, ...at) : [missing(...at)]))
  }
  return errors
}

function own<T>(record: Record<string, T> | undefined, name: string): T | undefined {
  return record && Object.hasOwn(record, name) ? record[name] : undefined
}
