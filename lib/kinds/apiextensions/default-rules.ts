// The defaults in a schema must be values that the schema takes, with no fields that would be pruned.

import { type FieldError, invalid } from '../../api/field-errors.ts'
import type { JsonSchemaProps } from '../../schema/json-schema-props.ts'
import { prune } from '../../schema/prune.ts'
import { structuralSchema } from '../../schema/structural.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { validateEmbedded, validateValue } from './object-validation.ts'

/** `schema` is known to be structural. Not within additionalProperties, whose defaults are for values that are there. */
export function defaultErrors(schema: JsonSchemaProps, field: string): FieldError[] {
  const { default: value, items, properties = {} } = schema
  return [
    ...(value === undefined || value === null ? [] : ownErrors(schema, value, `${field}.default`)),
    ...(items && !Array.isArray(items) ? defaultErrors(items, `${field}.items`) : []),
    ...Object.entries(properties).flatMap(([name, property]) =>
      defaultErrors(property, `${field}.properties[${name}]`),
    ),
  ]
}

function ownErrors(props: JsonSchemaProps, value: unknown, field: string): FieldError[] {
  // The root of a Schema is an object; what stands here need not be one.
  const { properties: { value: schema = {} } = {} } = structuralSchema({ properties: { value: props } })
  const pruned = structuredClone({ value })
  prune({ type: 'object', properties: { value: schema } }, pruned)
  const isPruned = jsonEqual(pruned.value, value)
  const embedded = validateEmbedded(schema, value, field)
  return [
    ...(isPruned ? [] : [invalid(field, value, 'must not have unknown fields')]),
    ...(embedded.length > 0 ? embedded : validateValue(schema, value, undefined, field)),
  ]
}
