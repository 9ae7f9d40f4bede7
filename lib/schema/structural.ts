// From the schema that the author of a custom kind wrote to the Schema that everything reads. The author's was validated
// (lib/kinds/apiextensions), so what cannot be expressed does not occur.
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema

import type { JsonSchemaProps } from './json-schema-props.ts'
import type { Schema, ValueRules } from './schema.ts'

/** The Schema of a custom kind's root. */
export function structuralSchema(source: JsonSchemaProps): Schema {
  return { ...converted(source), type: 'object', source }
}

function converted(props: JsonSchemaProps): Schema {
  const rules = rulesOf(props)
  return {
    ...structureOf(props),
    ...childrenOf(props),
    ...(props.required?.length ? { required: props.required } : {}),
    ...(rules ? { rules } : {}),
  }
}

function structureOf(props: JsonSchemaProps): Schema {
  const listType = props['x-kubernetes-list-type'] as Schema['listType']
  const mapType = props['x-kubernetes-map-type'] as Schema['mapType']
  const listMapKeys = props['x-kubernetes-list-map-keys']
  return {
    ...(props.description ? { description: props.description } : {}),
    ...(props.type ? { type: props.type as NonNullable<Schema['type']> } : {}),
    ...(props.format ? { format: props.format } : {}),
    ...(props.default === undefined || props.default === null ? {} : { default: props.default }),
    ...(props.nullable ? { nullable: true } : {}),
    ...(props['x-kubernetes-int-or-string'] ? { intOrString: true } : {}),
    ...(props['x-kubernetes-preserve-unknown-fields'] ? { preserveUnknownFields: true } : {}),
    ...(props['x-kubernetes-embedded-resource'] ? { embeddedResource: true } : {}),
    ...(listType ? { listType } : {}),
    ...(listMapKeys ? { listMapKeys } : {}),
    ...(mapType ? { mapType } : {}),
  }
}

function childrenOf({ properties, additionalProperties, items }: JsonSchemaProps): Schema {
  return {
    ...(properties ? { properties: each(properties) } : {}),
    ...(additionalProperties
      ? { additionalProperties: additionalProperties === true ? {} : converted(additionalProperties) }
      : {}),
    ...(items && !Array.isArray(items) ? { items: converted(items) } : {}),
  }
}

/** Without a prototype: a property may be called `constructor`. */
function each(properties: Record<string, JsonSchemaProps>): Record<string, Schema> {
  const result: Record<string, Schema> = Object.create(null)
  for (const [name, props] of Object.entries(properties)) result[name] = converted(props)
  return result
}

const plainRules = [
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'multipleOf',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'maxProperties',
  'minProperties',
] as const

function rulesOf(props: JsonSchemaProps): ValueRules | undefined {
  const rules: Record<string, unknown> = {}
  for (const name of plainRules) if (props[name] !== undefined && props[name] !== null) rules[name] = props[name]
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
    if (props[name]?.length) rules[name] = props[name].map(converted)
  }
  if (props.enum?.length) rules.enum = props.enum
  if (props.not) rules.not = converted(props.not)
  if (props.additionalProperties === false) rules.noAdditionalProperties = true
  return Object.keys(rules).length > 0 ? rules : undefined
}
