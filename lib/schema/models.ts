// Schemas out of a compact table of models, made at build time. A model becomes a Schema when it is first asked for,
// and a field that refers to a model is the same Schema object, so that start-up pays only for what is used.

import type { MergeRule } from './merge-rules.ts'
import type { Schema } from './schema.ts'

/**
 * A field's type in a few letters: `[]` a list of, `{}` a map of, then a scalar type or a model's name:
 * `string`, `[]V1Container`, `{}quantity`.
 */
export type TypeText = string

export interface CompactModel {
  /** As published: `io.k8s.api.apps.v1.Deployment`. */
  definition: string
  fields: Record<string, TypeText>
  required?: string[]
  mapType?: 'atomic'
  rules?: Record<string, MergeRule>
  defaults?: Record<string, unknown>
}

export type CompactModels = Record<string, CompactModel>

const scalars: Record<string, Schema> = {
  any: {},
  object: { type: 'object', preserveUnknownFields: true },
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  number: { type: 'number' },
  double: { type: 'number', format: 'double' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  byte: { type: 'string', format: 'byte' },
  'date-time': { type: 'string', format: 'date-time' },
  'date-time-micro': { type: 'string', format: 'date-time-micro' },
  'int-or-string': { intOrString: true, format: 'int-or-string' },
  quantity: { type: 'string', quantity: true },
}

/** Finds a model's Schema by name; throws for a name that is none. */
export type FindSchema = (modelName: string) => Schema

export function schemasOf(models: CompactModels): FindSchema {
  const known = new Map<string, Schema>()
  const find: FindSchema = name => {
    const schema = known.get(name) ?? modelSchema(name, modelOf(models, name), find)
    known.set(name, schema)
    return schema
  }
  return find
}

function modelOf(models: CompactModels, name: string): CompactModel {
  const model = Object.hasOwn(models, name) ? models[name] : undefined
  if (!model) throw new Error(`no model of the Kubernetes API is called ${name}`)
  return model
}

/** Its fields become schemas when they are first read: models refer to each other, and to themselves. */
function modelSchema(name: string, model: CompactModel, find: FindSchema): Schema {
  let properties: Record<string, Schema> | undefined
  return {
    name,
    type: 'object',
    get properties() {
      properties ??= fieldSchemas(model, find)
      return properties
    },
    ...(model.required ? { required: model.required } : {}),
    ...(model.mapType ? { mapType: model.mapType } : {}),
  }
}

function fieldSchemas(model: CompactModel, find: FindSchema): Record<string, Schema> {
  const properties: Record<string, Schema> = Object.create(null)
  for (const [field, text] of Object.entries(model.fields)) {
    const facts = { ...model.rules?.[field], ...(model.defaults?.[field] ? { default: model.defaults[field] } : {}) }
    properties[field] = withFacts(typeSchema(text, find), facts)
  }
  return properties
}

function typeSchema(text: TypeText, find: FindSchema): Schema {
  if (text.startsWith('[]')) return { type: 'array', items: typeSchema(text.slice(2), find) }
  if (text.startsWith('{}')) return { type: 'object', additionalProperties: typeSchema(text.slice(2), find) }
  return scalars[text] ?? find(text)
}

/** A schema with facts that hold only for one field; the schema of a model stays shared underneath. */
function withFacts(schema: Schema, facts: Partial<Schema>): Schema {
  if (Object.keys(facts).length === 0) return schema
  if (!schema.name) return { ...schema, ...facts }
  const { name, required, mapType } = schema
  return {
    name,
    type: 'object',
    get properties() {
      return schema.properties ?? {}
    },
    ...(required ? { required } : {}),
    ...(mapType ? { mapType } : {}),
    ...facts,
  }
}
