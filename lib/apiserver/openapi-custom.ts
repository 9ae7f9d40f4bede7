// The definitions of a custom kind: its schema as its CustomResourceDefinition says it, with what every object has.

import type { ResourceDefinition } from '../api/resource.ts'
import { builtinDescriptions } from '../schema/builtin.ts'
import { fieldText } from '../schema/field-texts.ts'
import type { Schema } from '../schema/schema.ts'
import type { Definition, Dialect, OpenApiObject } from './openapi-definitions.ts'
import { definitionOf, listKind, meta } from './openapi-names.ts'

/** JSON Schema as OpenAPI v3 has it, with Kubernetes' extensions. */
export interface JsonSchema {
  type?: string
  description?: string
  nullable?: boolean
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  additionalProperties?: JsonSchema | boolean
  [more: string]: unknown
}

/** As built-in kinds tell it; which of them is asked does not matter. */
function typeMeta() {
  const { apiVersion = '', kind = '' } = builtinDescriptions().V1ConfigMap?.fields ?? {}
  return {
    apiVersion: { description: apiVersion, type: 'string' },
    kind: { description: kind, type: 'string' },
  }
}

/** The kind and its list, by name. */
export function customDefinitions(def: ResourceDefinition, dialect: Dialect): Map<string, Definition> {
  const name = definitionOf(def)
  const list = listKind(def)
  return new Map([
    [name, { body: kindBody(def, dialect), references: [`${meta}.ObjectMeta`] }],
    [definitionOf(list), { body: listBody(def, name, dialect), references: [`${meta}.ListMeta`, name] }],
  ])
}

function kindBody(def: ResourceDefinition, dialect: Dialect): OpenApiObject {
  const given = publishedSchema(def)
  const gvk = { 'x-kubernetes-group-version-kind': [{ group: def.group, kind: def.kind, version: def.version }] }
  // Whoever reads "properties" refuses every other field, so a kind that keeps them tells none.
  const isOpen = given === undefined || (isV2(dialect) && given['x-kubernetes-preserve-unknown-fields'] === true)
  if (isOpen) return { type: 'object', ...gvk }
  const rendered = render(given, dialect)
  return { ...rendered, properties: { ...rendered.properties, ...objectProperties(dialect) }, ...gvk }
}

function listBody(def: ResourceDefinition, name: string, dialect: Dialect): OpenApiObject {
  const { group, kind, version } = listKind(def)
  return {
    description: `${kind} is a list of ${def.kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      ...typeMeta(),
      items: { description: `List of ${def.plural}.`, type: 'array', items: dialect.reference(name, {}) },
      metadata: dialect.reference(`${meta}.ListMeta`, { description: 'What is known of the list as a whole.' }),
    },
    'x-kubernetes-group-version-kind': [{ group, kind, version }],
  }
}

function objectProperties(dialect: Dialect) {
  return {
    ...typeMeta(),
    metadata: dialect.reference(`${meta}.ObjectMeta`, { description: fieldText('', 'metadata') }),
  }
}

const isV2 = (dialect: Dialect) => !dialect.tellsDefaults

function publishedSchema(def: ResourceDefinition): JsonSchema | undefined {
  return (def.openApiSchema as JsonSchema | undefined) ?? jsonSchemaOf(def.schema)
}

const junctors = ['allOf', 'oneOf', 'anyOf', 'not']

function render(given: JsonSchema, dialect: Dialect): JsonSchema {
  return isV2(dialect) ? embedded(renderV2(given, dialect), dialect) : embedded(renderV3(given, dialect), dialect)
}

function renderV3(given: JsonSchema, dialect: Dialect): JsonSchema {
  const out = withParts(given, dialect)
  const isEither = given['x-kubernetes-int-or-string'] === true && given.anyOf === undefined
  return isEither ? { ...out, anyOf: [{ type: 'integer' }, { type: 'string' }] } : out
}

/** What older clients cannot read is left out: junctors, null, and the fields of what keeps unknown ones. */
function renderV2(given: JsonSchema, dialect: Dialect): JsonSchema {
  const own = { ...given }
  for (const junctor of junctors) delete own[junctor]
  if (given.nullable) for (const key of ['type', 'nullable', 'items', 'properties']) delete own[key]
  if (given['x-kubernetes-preserve-unknown-fields']) for (const key of ['items', 'properties']) delete own[key]
  if (own.type === 'array' && !own.items) delete own.type
  return withParts(requiredV2(own), dialect)
}

/** A field that may be null is not required there. */
function requiredV2(given: JsonSchema): JsonSchema {
  const { required, ...rest } = given
  const values = given.additionalProperties
  const isNullableMap = typeof values === 'object' && values.nullable === true
  const left = isNullableMap ? [] : (required ?? []).filter(name => !given.properties?.[name]?.nullable)
  return left.length > 0 ? { ...rest, required: left } : rest
}

function withParts(given: JsonSchema, dialect: Dialect): JsonSchema {
  const { items, properties, additionalProperties } = given
  const values = typeof additionalProperties === 'object' ? render(additionalProperties, dialect) : undefined
  return {
    ...given,
    ...(items ? { items: render(items, dialect) } : {}),
    ...(properties ? { properties: mapValues(properties, property => render(property, dialect)) } : {}),
    ...(values ? { additionalProperties: values } : {}),
  }
}

/** An object inside the object: it has what every object has. */
function embedded(given: JsonSchema, dialect: Dialect): JsonSchema {
  if (!given['x-kubernetes-embedded-resource']) return given
  if (isV2(dialect) && given['x-kubernetes-preserve-unknown-fields']) return given
  const required = [...new Set([...(given.required ?? []), 'kind', 'apiVersion'])]
  return { ...given, required, properties: { ...given.properties, ...objectProperties(dialect) } }
}

/** For a kind that has only our own form of a schema. */
function jsonSchemaOf(schema: Schema): JsonSchema {
  const { type, format, nullable, description, items, properties, additionalProperties, required } = schema
  return {
    ...(description ? { description } : {}),
    ...(type ? { type } : {}),
    ...(format ? { format } : {}),
    ...(nullable ? { nullable } : {}),
    ...(schema.default === undefined ? {} : { default: schema.default }),
    ...(items ? { items: jsonSchemaOf(items) } : {}),
    ...(properties ? { properties: mapValues(properties, jsonSchemaOf) } : {}),
    ...(additionalProperties ? { additionalProperties: jsonSchemaOf(additionalProperties) } : {}),
    ...(required?.length ? { required } : {}),
    ...(schema.intOrString ? { 'x-kubernetes-int-or-string': true } : {}),
    ...(schema.preserveUnknownFields ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
    ...(schema.embeddedResource ? { 'x-kubernetes-embedded-resource': true } : {}),
    ...(schema.listType ? { 'x-kubernetes-list-type': schema.listType } : {}),
    ...(schema.listMapKeys ? { 'x-kubernetes-list-map-keys': schema.listMapKeys } : {}),
    ...(schema.mapType ? { 'x-kubernetes-map-type': schema.mapType } : {}),
  }
}

function mapValues<T, U>(values: Record<string, T>, convert: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, convert(value)]))
}
