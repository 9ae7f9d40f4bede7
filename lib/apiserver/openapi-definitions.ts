// The published definitions of what resources consist of. The two versions of OpenAPI differ little here: in how they
// refer to a definition and in how they say "one of two types", which is what a Dialect is.

import { toApiVersion } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import { builtinDescriptions, builtinSchema, type ModelDescriptions } from '../schema/builtin.ts'
import { definitionNames } from '../schema/definition-names.ts'
import type { Schema } from '../schema/schema.ts'

export type OpenApiObject = Record<string, unknown>

export interface GroupVersionKind {
  group: string
  version: string
  kind: string
}

export interface Dialect {
  /** A reference to a definition, with what else is said of the field that refers. */
  reference(definition: string, siblings: OpenApiObject): OpenApiObject
  intOrString: OpenApiObject
  quantity: OpenApiObject
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity'
const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString'

const rawExtension = 'io.k8s.apimachinery.pkg.runtime.RawExtension'

/** The body of a PATCH. */
export const patchDefinition = `${meta}.Patch`

const modelNames = new Map([...definitionNames].map(([model, definition]) => [definition, model]))
const byGroupVersionKind = new Map(
  [...definitionNames.values()].map(definition => [definition.split('.').slice(-3).join('.'), definition]),
)

/** The definition of a built-in kind: `policy`, `v1`, `Eviction` → `io.k8s.api.policy.v1.Eviction`. */
function builtinDefinition({ group, version, kind }: GroupVersionKind): string | undefined {
  return byGroupVersionKind.get(`${group.split('.')[0] || 'core'}.${version}.${kind}`)
}

/** A kind as published: a custom kind's group is turned around, `com.example.v1.Foo`. */
export function definitionOf(kind: GroupVersionKind): string {
  const reversed = kind.group.split('.').reverse().join('.')
  return builtinDefinition(kind) ?? `${reversed}.${kind.version}.${kind.kind}`
}

export function listKind<T extends GroupVersionKind>(kind: T): GroupVersionKind {
  return { group: kind.group, version: kind.version, kind: `${kind.kind}List` }
}

/** Collects definitions: what is asked for, and whatever they refer to. */
export class Definitions {
  readonly #dialect: Dialect
  readonly #descriptions: Record<string, ModelDescriptions> = builtinDescriptions()
  readonly #all = new Map<string, OpenApiObject>()
  /** Kinds served, by definition: what `x-kubernetes-group-version-kind` says. */
  readonly #kinds = new Map<string, GroupVersionKind[]>()

  constructor(dialect: Dialect, resources: readonly ResourceDefinition[]) {
    this.#dialect = dialect
    for (const def of resources) {
      this.#addKind(def)
      this.#addKind(listKind(def))
    }
    this.#addKind({ group: '', version: 'v1', kind: 'Status' }, `${meta}.Status`)
    const versions = new Map(resources.map(def => [toApiVersion(def.group, def.version), def]))
    for (const { group, version } of versions.values()) {
      this.#addKind({ group, version, kind: 'DeleteOptions' }, `${meta}.DeleteOptions`)
    }
  }

  #addKind({ group, version, kind }: GroupVersionKind, definition = definitionOf({ group, version, kind })): void {
    const kinds = this.#kinds.get(definition) ?? []
    this.#kinds.set(definition, [...kinds, { group, kind, version } as GroupVersionKind])
  }

  /** Sorted by name. */
  all(): Record<string, OpenApiObject> {
    return Object.fromEntries([...this.#all].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** A reference to a kind; its definition is added. */
  kind(kind: GroupVersionKind, schema?: Schema): OpenApiObject {
    const definition = definitionOf(kind)
    return schema && !schema.name ? this.#custom(definition, schema) : this.#refer(definition)
  }

  /** A reference to the list of a kind. */
  list(def: ResourceDefinition): OpenApiObject {
    const list = listKind(def)
    if (builtinDefinition(list)) return this.kind(list)
    const items = { type: 'array', items: this.kind(def, def.schema), description: `List of ${def.plural}.` }
    const properties = {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: this.#refer(`${meta}.ListMeta`),
    }
    const body = { type: 'object', required: ['items'], properties: { ...properties, items } }
    return this.#add(definitionOf(list), () => ({ description: `${def.kind}List is a list of ${def.kind}`, ...body }))
  }

  /** A reference to one of apimachinery's types: `Status`, `DeleteOptions`. */
  meta(name: string): OpenApiObject {
    return this.#refer(`${meta}.${name}`)
  }

  patch(): OpenApiObject {
    const description = 'Patch is provided to give a concrete name and type to the Kubernetes PATCH request body.'
    return this.#add(patchDefinition, () => ({ description, type: 'object' }))
  }

  #custom(definition: string, schema: Schema): OpenApiObject {
    const metadata = () => this.#refer(`${meta}.ObjectMeta`)
    return this.#add(definition, () => {
      const rendered = this.#render(schema)
      const own = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: metadata() }
      return { ...rendered, properties: { ...(rendered.properties as OpenApiObject), ...own } }
    })
  }

  #refer(definition: string, siblings: OpenApiObject = {}): OpenApiObject {
    const model = modelNames.get(definition)
    return this.#add(definition, () => (model ? this.#model(model) : {}), siblings)
  }

  /** Adds a definition once. It is known before it is made, because definitions refer to themselves. */
  #add(definition: string, make: () => OpenApiObject, siblings: OpenApiObject = {}): OpenApiObject {
    if (!this.#all.has(definition)) {
      this.#all.set(definition, {})
      const kinds = this.#kinds.get(definition)
      const body = make()
      this.#all.set(definition, kinds ? { ...body, 'x-kubernetes-group-version-kind': kinds } : body)
    }
    return this.#dialect.reference(definition, siblings)
  }

  #model(name: string): OpenApiObject {
    const schema = builtinSchema(name)
    const { description, fields = {} } = this.#descriptions[name] ?? {}
    const properties = Object.entries(schema.properties ?? {}).map(([field, property]) => {
      // The client's models describe no field that is a model itself: what that model says must do.
      const text = fields[field] ?? this.#descriptions[property.name ?? '']?.description
      const siblings = text === undefined ? {} : { description: text }
      return [field, isFree(property) ? this.#free(name, field, siblings) : this.#property(property, siblings)]
    })
    return {
      ...(description ? { description } : {}),
      type: 'object',
      ...(properties.length ? { properties: Object.fromEntries(properties) } : {}),
      ...(schema.required ? { required: schema.required } : {}),
      ...(schema.mapType ? { 'x-kubernetes-map-type': schema.mapType } : {}),
    }
  }

  /** A field that holds whatever it likes. Upstream has three names for that. */
  #free(model: string, field: string, siblings: OpenApiObject): OpenApiObject {
    if (definitionNames.get(model)?.includes('.apiextensions.')) return siblings
    const definition = field === 'fieldsV1' ? `${meta}.FieldsV1` : rawExtension
    return this.#add(definition, () => ({ type: 'object' }), siblings)
  }

  #property(schema: Schema, siblings: OpenApiObject): OpenApiObject {
    const facts = { ...siblings, ...mergeFacts(schema), ...defaultOf(schema) }
    const definition = schema.name && definitionNames.get(schema.name)
    if (definition) return this.#refer(definition, withoutOwnMapType(schema, facts))
    if (schema.intOrString) return this.#add(intOrString, () => this.#dialect.intOrString, facts)
    if (schema.quantity) return this.#add(quantity, () => this.#dialect.quantity, facts)
    const time = schema.format === 'date-time' ? 'Time' : schema.format === 'date-time-micro' ? 'MicroTime' : undefined
    if (time) return this.#add(`${meta}.${time}`, () => ({ type: 'string', format: 'date-time' }), facts)
    return { ...facts, ...this.#render(schema) }
  }

  /** What stands inline: lists, maps, scalars, and all of a custom kind. */
  #render(schema: Schema): OpenApiObject {
    const { type, format, items, additionalProperties, properties, required, description, nullable } = schema
    return {
      ...(description ? { description } : {}),
      ...(type ? { type } : {}),
      ...(format ? { format } : {}),
      ...(nullable ? { nullable } : {}),
      ...(items ? { items: this.#property(items, {}) } : {}),
      ...(additionalProperties ? { additionalProperties: this.#property(additionalProperties, {}) } : {}),
      ...(properties ? { properties: this.#properties(properties) } : {}),
      ...(required?.length ? { required } : {}),
      ...(schema.intOrString ? { 'x-kubernetes-int-or-string': true } : {}),
      ...(schema.preserveUnknownFields ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
      ...(schema.embeddedResource ? { 'x-kubernetes-embedded-resource': true } : {}),
    }
  }

  #properties(properties: Record<string, Schema>): OpenApiObject {
    return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, this.#property(schema, {})]))
  }
}

const isFree = (schema: Schema) => Object.keys(schema).length === 0

/** The map type of a model stands in its definition, unless the field says another. */
function withoutOwnMapType(schema: Schema, facts: OpenApiObject): OpenApiObject {
  if (!schema.name || builtinSchema(schema.name).mapType !== schema.mapType) return facts
  const { 'x-kubernetes-map-type': _own, ...rest } = facts
  return rest
}

function defaultOf(schema: Schema): OpenApiObject {
  return schema.default === undefined ? {} : { default: schema.default }
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
