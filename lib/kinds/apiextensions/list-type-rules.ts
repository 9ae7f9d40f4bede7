// x-kubernetes-list-type: what sets and maps ask of the schema of their items.

import { type FieldError, fieldForbidden, invalid, notSupported, required } from '../../api/field-errors.ts'
import type { JsonSchemaProps } from '../../schema/json-schema-props.ts'

const listTypes = ['atomic', 'set', 'map']

export function listTypeErrors(schema: JsonSchemaProps, field: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type']
  return [
    ...(listType === undefined ? [] : kindErrors(schema, listType, field)),
    ...keyErrors(schema, listType, field),
    ...(listType === 'map' ? mapErrors(schema, field) : []),
    ...(listType === 'set' || listType === 'map' ? correlationErrors(schema, listType, field) : []),
  ]
}

function itemsOf({ items }: JsonSchemaProps): JsonSchemaProps | undefined {
  return Array.isArray(items) ? undefined : items
}

function kindErrors(schema: JsonSchemaProps, listType: string, field: string): FieldError[] {
  const { type } = schema
  const why = 'must be array if x-kubernetes-list-type is specified'
  const errors: FieldError[] = []
  if (type !== 'array') errors.push(type ? invalid(`${field}.type`, type, why) : required(`${field}.type`, why))
  else if (listType === 'set') errors.push(...setErrors(itemsOf(schema), field))
  if (!listTypes.includes(listType)) errors.push(notSupported(`${field}.x-kubernetes-list-type`, listType, listTypes))
  return errors
}

/** Members of a set are compared as a whole. */
function setErrors(items: JsonSchemaProps | undefined, field: string): FieldError[] {
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const listType = items?.['x-kubernetes-list-type']
  const mapType = items?.['x-kubernetes-map-type']
  if (items?.type === 'array' && listType !== undefined && listType !== 'atomic') {
    return [invalid(`${field}.items.x-kubernetes-list-type`, listType, why)]
  }
  if (items?.type === 'object' && mapType !== 'atomic') {
    return [invalid(`${field}.items.x-kubernetes-map-type`, mapType ?? null, why)]
  }
  return []
}

function keyErrors(schema: JsonSchemaProps, listType: string | undefined, field: string): FieldError[] {
  if (!schema['x-kubernetes-list-map-keys']?.length || listType === 'map') return []
  const why = 'must be map if x-kubernetes-list-map-keys is non-empty'
  const at = `${field}.x-kubernetes-list-type`
  return [listType === undefined ? required(at, why) : invalid(at, listType, why)]
}

function mapErrors(schema: JsonSchemaProps, field: string): FieldError[] {
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const items = itemsOf(schema)
  const errors: FieldError[] = []
  if (keys.length === 0) {
    const why = 'must not be empty if x-kubernetes-list-type is map'
    errors.push(required(`${field}.x-kubernetes-list-map-keys`, why))
  }
  if (!schema.items) errors.push(required(`${field}.items`, 'must have a schema if x-kubernetes-list-type is map'))
  else if (!items) {
    errors.push(
      invalid(`${field}.items`, schema.items, 'must only have a single schema if x-kubernetes-list-type is map'),
    )
  } else if (items.type !== 'object') {
    const why = "must be object if parent array's x-kubernetes-list-type is map"
    errors.push(invalid(`${field}.items.type`, items.type ?? '', why))
  } else errors.push(...mapKeyErrors(keys, items, field))
  return errors
}

function mapKeyErrors(keys: string[], items: JsonSchemaProps, field: string): FieldError[] {
  const at = `${field}.x-kubernetes-list-map-keys`
  return keys.flatMap((key, i) => {
    const property = propertyOf(items, key)
    const errors: FieldError[] = []
    if (!property) errors.push(invalid(at, keys, 'entries must all be names of item properties'))
    else if (property.type === 'array' || property.type === 'object') {
      const why = "must be a scalar type if parent array's x-kubernetes-list-type is map"
      errors.push(invalid(`${field}.items.properties[${key}].type`, items.type, why))
    }
    if (keys.indexOf(key) < i) errors.push(invalid(at, keys, 'must not contain duplicate entries'))
    return errors
  })
}

/** Nothing may be null that items are told apart by. */
function correlationErrors(schema: JsonSchemaProps, listType: string, field: string): FieldError[] {
  const items = itemsOf(schema)
  if (!items) return []
  const errors: FieldError[] = []
  if (items.nullable) {
    const why = `cannot be nullable when x-kubernetes-list-type is ${listType}`
    errors.push(fieldForbidden(`${field}.items.nullable`, why))
  }
  if (listType === 'set') return errors
  for (const key of schema['x-kubernetes-list-map-keys'] ?? []) {
    const property = propertyOf(items, key)
    if (!property) continue
    const at = `${field}.items.properties[${key}]`
    const isThere = items.required?.includes(key) || (property.default !== undefined && property.default !== null)
    const which = 'this property is in x-kubernetes-list-map-keys'
    if (!isThere)
      errors.push(required(`${at}.default`, `${which}, so it must have a default or be a required property`))
    if (property.nullable) errors.push(fieldForbidden(`${at}.nullable`, `${which}, so it cannot be nullable`))
  }
  return errors
}

function propertyOf({ properties = {} }: JsonSchemaProps, name: string): JsonSchemaProps | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined
}
