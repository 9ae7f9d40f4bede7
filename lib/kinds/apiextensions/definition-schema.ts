// The schema of a CustomResourceDefinition, with what the client's models leave open: where a JSON schema may hold a
// schema or something else, and that `status` as a subresource is an object without fields.

import { builtinSchema } from '../../schema/builtin.ts'
import type { Schema } from '../../schema/schema.ts'

const props = 'V1JSONSchemaProps'
const known = new Map<string, Schema>()

/** As the models have it, but for the fields named below; made piece by piece when it is read. */
export function definitionSchema(name = 'V1CustomResourceDefinition'): Schema {
  const schema = known.get(name) ?? refined(builtinSchema(name))
  known.set(name, schema)
  return schema
}

function refined(schema: Schema): Schema {
  let properties: Record<string, Schema> | undefined
  return {
    ...schema,
    get properties() {
      properties ??= propertiesOf(schema)
      return properties
    },
  }
}

function propertiesOf({ name = '', properties = {} }: Schema): Record<string, Schema> {
  const result: Record<string, Schema> = Object.create(null)
  for (const field of Object.keys(properties)) {
    const property = properties[field]
    if (property) result[field] = open[name]?.[field]?.() ?? nested(property)
  }
  return result
}

/** Fields of the models that lead to a JSON schema, at whatever depth. */
function nested(schema: Schema): Schema {
  if (schema.name) return isOurs(schema.name) ? ofModel(schema, schema.name) : schema
  if (schema.items) return { ...schema, items: nested(schema.items) }
  return schema.additionalProperties ? { ...schema, additionalProperties: nested(schema.additionalProperties) } : schema
}

/** A field with facts of its own has a schema of its own; any other shares its model's. */
function ofModel(schema: Schema, name: string): Schema {
  return schema === builtinSchema(name) ? definitionSchema(name) : refined(schema)
}

const isOurs = (name: string) => /^V1(CustomResource|JSONSchemaProps)/.test(name)

const orList = (): Schema => ({
  oneOfTypes: [definitionSchema(props), { type: 'array', items: definitionSchema(props) }],
})
const orBoolean = (): Schema => ({ oneOfTypes: [definitionSchema(props), { type: 'boolean' }] })
const orNames = (): Schema => ({
  oneOfTypes: [definitionSchema(props), { type: 'array', items: { type: 'string' } }],
})

const open: Record<string, Record<string, () => Schema>> = {
  [props]: {
    items: orList,
    additionalItems: orBoolean,
    additionalProperties: orBoolean,
    dependencies: () => ({ type: 'object', additionalProperties: orNames() }),
  },
  V1CustomResourceSubresources: { status: () => ({ type: 'object', properties: {} }) },
}
