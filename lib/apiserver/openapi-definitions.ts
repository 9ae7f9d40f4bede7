// The published definitions of what built-in resources consist of, each made once, when it is first asked for. The two
// versions of OpenAPI differ little here: in how they refer to a definition, in how they say "one of two types", and in
// that only v3 tells defaults. That is what a Dialect is.

import { builtinDescriptions, builtinModels, builtinSchema } from '../schema/builtin.ts'
import { definitionNames } from '../schema/definition-names.ts'
import { fieldText } from '../schema/field-texts.ts'
import { atomicBytes, publishedDefaults, publishedUnions } from '../schema/published-facts.ts'
import type { Schema } from '../schema/schema.ts'
import { type GroupVersionKind, kindOf, meta, modelNames } from './openapi-names.ts'

export type OpenApiObject = Record<string, unknown>

export interface Dialect {
  /** A reference to a definition, with what else is said of the field that refers. */
  reference(definition: string, siblings: OpenApiObject): OpenApiObject
  intOrString: OpenApiObject
  quantity: OpenApiObject
  tellsDefaults: boolean
}

export interface Definition {
  body: OpenApiObject
  /** What its text refers to. */
  references: readonly string[]
}

const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity'
const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString'
const rawExtension = 'io.k8s.apimachinery.pkg.runtime.RawExtension'
const apiextensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'

/** Definitions that are no model of the client's. */
function special(dialect: Dialect): Record<string, OpenApiObject> {
  const time = { type: 'string', format: 'date-time' }
  return {
    [quantity]: { description: 'A fixed-point number with a unit: `100m`, `1.5Gi`.', ...dialect.quantity },
    [intOrString]: { description: 'A number, or a text such as a percentage or a name.', ...dialect.intOrString },
    [rawExtension]: { description: 'An object of any kind.', type: 'object' },
    [`${meta}.FieldsV1`]: { description: 'A set of fields, as a tree of their names.', type: 'object' },
    [`${meta}.Time`]: { description: 'A moment, to the second, by RFC 3339.', ...time },
    [`${meta}.MicroTime`]: { description: 'A moment, to the microsecond, by RFC 3339.', ...time },
    [`${meta}.Patch`]: { description: 'The body of a PATCH: its content type says which sort it is.', type: 'object' },
    [`${apiextensions}.CustomResourceSubresourceStatus`]: {
      description: 'Says that the status has a path of its own.',
      type: 'object',
    },
    [`${apiextensions}.JSON`]: { description: 'Any JSON value.' },
    [`${apiextensions}.JSONSchemaPropsOrArray`]: { description: 'A schema, or a list of schemas.' },
    [`${apiextensions}.JSONSchemaPropsOrBool`]: { description: 'A schema, or true or false for any value or none.' },
    [`${apiextensions}.JSONSchemaPropsOrStringArray`]: { description: 'A schema, or a list of property names.' },
  }
}

/** Fields that hold what they like, where they are neither a FieldsV1 nor a RawExtension. */
const freeFields: Record<string, string> = {
  additionalItems: `${apiextensions}.JSONSchemaPropsOrBool`,
  additionalProperties: `${apiextensions}.JSONSchemaPropsOrBool`,
  default: `${apiextensions}.JSON`,
  dependencies: `${apiextensions}.JSONSchemaPropsOrStringArray`,
  enum: `${apiextensions}.JSON`,
  example: `${apiextensions}.JSON`,
  items: `${apiextensions}.JSONSchemaPropsOrArray`,
  status: `${apiextensions}.CustomResourceSubresourceStatus`,
}

export class Definitions {
  readonly dialect: Dialect
  readonly #special: Record<string, OpenApiObject>
  readonly #known = new Map<string, Definition>()

  constructor(dialect: Dialect) {
    this.dialect = dialect
    this.#special = special(dialect)
  }

  /** Throws for a name that is none of Kubernetes' own. */
  find(name: string): Definition {
    const known = this.#known.get(name) ?? this.#make(name)
    this.#known.set(name, known)
    return known
  }

  #make(name: string): Definition {
    const body = Object.hasOwn(this.#special, name) ? this.#special[name] : undefined
    if (body) return { body, references: [] }
    const model = modelNames.get(name)
    if (!model) throw new Error(`there is no definition ${name}`)
    return new ModelRenderer(this.dialect, name, model).definition()
  }
}

/** Renders one model, and notes what it refers to. */
class ModelRenderer {
  readonly #dialect: Dialect
  readonly #name: string
  readonly #model: string
  readonly #references = new Set<string>()

  constructor(dialect: Dialect, name: string, model: string) {
    this.#dialect = dialect
    this.#name = name
    this.#model = model
  }

  definition(): Definition {
    const schema = builtinSchema(this.#model)
    const { description, fields = {} } = builtinDescriptions()[this.#model] ?? {}
    const properties = Object.entries(schema.properties ?? {}).map(([field, property]) => {
      // The client's models describe no field that is a model itself.
      const own = fields[field] ?? (property.name ? fieldText(this.#model, field) : undefined)
      const text = own ?? builtinDescriptions()[property.name ?? '']?.description
      return [field, this.#field(field, property, text)]
    })
    const kinds = kindsOf(this.#name)
    const unions = publishedUnions[this.#model]
    const body = {
      ...(description ? { description } : {}),
      type: 'object',
      ...(properties.length ? { properties: Object.fromEntries(properties) } : {}),
      ...(schema.required ? { required: schema.required } : {}),
      ...(schema.mapType ? { 'x-kubernetes-map-type': schema.mapType } : {}),
      ...(kinds ? { 'x-kubernetes-group-version-kind': kinds } : {}),
      ...(unions ? { 'x-kubernetes-unions': unions } : {}),
    }
    return { body, references: [...this.#references] }
  }

  #field(field: string, schema: Schema, description: string | undefined): OpenApiObject {
    const facts = {
      ...(description === undefined ? {} : { description }),
      ...mergeFacts(schema),
      ...(this.#isAtomicList(field, schema) ? { 'x-kubernetes-list-type': 'atomic' } : {}),
      ...this.#defaultOf(field, schema),
    }
    return this.#property(field, schema, facts)
  }

  /** A list that does not say how it merges is replaced whole; the items of a List merge in no way. */
  #isAtomicList(field: string, { type, listType }: Schema): boolean {
    if (atomicBytes.has(`${this.#model}.${field}`)) return true
    const isListed = field === 'items' && this.#name.endsWith('List')
    return type === 'array' && !listType && !isListed && !(field === 'verbs' && this.#model === 'V1APIResource')
  }

  #defaultOf(field: string, schema: Schema): OpenApiObject {
    if (!this.#dialect.tellsDefaults) return {}
    const value = publishedDefault(this.#model, field, schema)
    return value === undefined ? {} : { default: value }
  }

  #property(field: string, schema: Schema, facts: OpenApiObject = {}): OpenApiObject {
    const definition = this.#definitionOf(field, schema)
    if (definition) return this.#refer(definition, withoutOwnMapType(schema, facts))
    const { type, format, items, additionalProperties } = schema
    return {
      ...facts,
      ...(type ? { type } : {}),
      ...(format ? { format } : {}),
      ...(items ? { items: this.#property(field, items) } : {}),
      ...(additionalProperties ? { additionalProperties: this.#property(field, additionalProperties) } : {}),
    }
  }

  #definitionOf(field: string, schema: Schema): string | undefined {
    if (schema.name) return definitionNames.get(schema.name)
    if (schema.intOrString) return intOrString
    if (schema.quantity) return quantity
    if (schema.format === 'date-time') return `${meta}.Time`
    if (schema.format === 'date-time-micro') return `${meta}.MicroTime`
    if (!isFree(schema)) return undefined
    if (this.#name.startsWith(apiextensions) && Object.hasOwn(freeFields, field)) return freeFields[field]
    return field === 'fieldsV1' ? `${meta}.FieldsV1` : rawExtension
  }

  #refer(definition: string, siblings: OpenApiObject): OpenApiObject {
    this.#references.add(definition)
    return this.#dialect.reference(definition, siblings)
  }
}

const isFree = (schema: Schema) => !schema.type && !schema.intOrString && !schema.name

/** The map type of a model stands in its definition, unless the field says another. */
function withoutOwnMapType(schema: Schema, facts: OpenApiObject): OpenApiObject {
  if (!schema.name || builtinSchema(schema.name).mapType !== schema.mapType) return facts
  const { 'x-kubernetes-map-type': _own, ...rest } = facts
  return rest
}

function mergeFacts(schema: Schema): OpenApiObject {
  return {
    ...(schema.listType ? { 'x-kubernetes-list-type': schema.listType } : {}),
    ...(schema.listMapKeys ? { 'x-kubernetes-list-map-keys': schema.listMapKeys } : {}),
    ...(schema.mapType ? { 'x-kubernetes-map-type': schema.mapType } : {}),
    ...(schema.patchMergeKey ? { 'x-kubernetes-patch-merge-key': schema.patchMergeKey } : {}),
    ...(schema.patchStrategy ? { 'x-kubernetes-patch-strategy': schema.patchStrategy.join(',') } : {}),
  }
}

const zeros: Record<string, unknown> = { string: '', integer: 0, boolean: false }

/** A required scalar begins as Go's zero, the metadata, spec and status of a kind as empty; the rest are facts. */
function publishedDefault(model: string, field: string, schema: Schema): unknown {
  const name = `${model}.${field}`
  if (publishedDefaults.has(name)) return publishedDefaults.get(name)
  if (schema.default !== undefined) return schema.default
  const { fields, required = [] } = builtinModels()[model] ?? { fields: {} }
  const isKind = 'kind' in fields && 'apiVersion' in fields && 'metadata' in fields
  if (schema.name)
    return required.includes(field) || (isKind && ['metadata', 'spec', 'status'].includes(field)) ? {} : undefined
  if (!required.includes(field) || !schema.type || isTime(schema) || schema.quantity) return undefined
  return zeros[schema.type]
}

const isTime = ({ format }: Schema) => format === 'date-time' || format === 'date-time-micro'

const metaKinds = new Set(['APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions', 'Status'])

/** `x-kubernetes-group-version-kind`: which kinds have this form. */
function kindsOf(definition: string): GroupVersionKind[] | undefined {
  const name = definition.slice(meta.length + 1)
  if (definition.startsWith(`${meta}.`)) {
    return metaKinds.has(name) ? [{ group: '', kind: name, version: 'v1' }] : undefined
  }
  const { fields } = builtinModels()[modelNames.get(definition) ?? ''] ?? { fields: {} }
  const isKind = 'kind' in fields && 'apiVersion' in fields && 'metadata' in fields
  const found = isKind ? kindOf(definition) : undefined
  return found && [{ group: found.group, kind: found.kind, version: found.version }]
}
