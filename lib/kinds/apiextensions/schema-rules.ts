// What a CustomResourceDefinition's schema may say, beside being structural: constructs that OpenAPI has and Kubernetes
// does not, where defaults may stand, and what list and map types ask of their items.

import { type FieldError, fieldForbidden, invalid, notSupported, required } from '../../api/field-errors.ts'
import type { JsonSchemaProps } from '../../schema/json-schema-props.ts'
import { listTypeErrors } from './list-type-rules.ts'

interface Place {
  isRoot: boolean
  /** Within apiVersion, kind or metadata of an object. */
  isInsideMeta: boolean
  /** Why a default may not stand here. */
  noDefaults?: string
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const metaFields = ['apiVersion', 'kind', 'metadata']

export function schemaErrors(schema: JsonSchemaProps, field: string): FieldError[] {
  return errorsAt(schema, field, { isRoot: true, isInsideMeta: false })
}

function errorsAt(schema: JsonSchemaProps, field: string, place: Place): FieldError[] {
  const nested = { ...place, isRoot: false }
  return [
    ...unsupported(schema, field, place),
    ...(schema.uniqueItems
      ? [
          fieldForbidden(
            `${field}.uniqueItems`,
            'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
          ),
        ]
      : []),
    ...additionalErrors(schema, field, nested),
    ...propertyErrors(schema, field, place),
    ...(schema.not ? errorsAt(schema.not, `${field}.not`, nested) : []),
    ...(['allOf', 'oneOf', 'anyOf'] as const).flatMap(name =>
      (schema[name] ?? []).flatMap((part, i) => errorsAt(part, `${field}.${name}[${i}]`, nested)),
    ),
    ...Object.entries(schema.definitions ?? {}).flatMap(([name, part]) =>
      errorsAt(part, `${field}.definitions[${name}]`, nested),
    ),
    ...itemErrors(schema, field, nested),
    ...preserveErrors(schema, field),
    ...mapTypeErrors(schema, field),
    ...listTypeErrors(schema, field),
    ...ruleErrors(schema, field),
  ]
}

function unsupported(schema: JsonSchemaProps, field: string, { noDefaults, isInsideMeta }: Place): FieldError[] {
  const { type } = schema
  const refuse = (name: keyof JsonSchemaProps, isSaid: boolean) =>
    isSaid ? [fieldForbidden(`${field}.${name}`, `${name} is not supported`)] : []
  return [
    ...(type && !types.includes(type) ? [notSupported(`${field}.type`, type, types)] : []),
    ...(schema.default !== undefined && schema.default !== null && noDefaults
      ? [fieldForbidden(`${field}.default`, `must not be set ${noDefaults}`)]
      : []),
    ...refuse('id', !!schema.id),
    ...refuse('additionalItems', schema.additionalItems !== undefined),
    ...refuse('patternProperties', Object.keys(schema.patternProperties ?? {}).length > 0),
    ...refuse('definitions', Object.keys(schema.definitions ?? {}).length > 0),
    ...refuse('dependencies', schema.dependencies !== undefined),
    ...refuse('$ref', schema.$ref !== undefined),
    ...(type === 'null'
      ? [fieldForbidden(`${field}.type`, 'type cannot be set to null, use nullable as an alternative')]
      : []),
    ...(Array.isArray(schema.items)
      ? [fieldForbidden(`${field}.items`, 'items must be a schema object and not an array')]
      : []),
    ...(isInsideMeta && schema['x-kubernetes-embedded-resource']
      ? [fieldForbidden(`${field}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta')]
      : []),
  ]
}

function additionalErrors(schema: JsonSchemaProps, field: string, place: Place): FieldError[] {
  const { additionalProperties, properties = {} } = schema
  if (additionalProperties === undefined) return []
  const at = `${field}.additionalProperties`
  const isBoth = additionalProperties !== true && Object.keys(properties).length > 0
  const errors = isBoth ? [fieldForbidden(at, 'additionalProperties and properties are mutual exclusive')] : []
  if (typeof additionalProperties !== 'object') return errors
  const inside = place.isInsideMeta
    ? { ...place, noDefaults: 'inside additionalProperties applying to object metadata' }
    : place
  return [...errors, ...errorsAt(additionalProperties, at, inside)]
}

function propertyErrors(schema: JsonSchemaProps, field: string, place: Place): FieldError[] {
  const isObjectRoot = place.isRoot || schema['x-kubernetes-embedded-resource'] === true
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const isMeta = isObjectRoot && metaFields.includes(name)
    return errorsAt(property, `${field}.properties[${name}]`, {
      ...place,
      isRoot: false,
      ...(isMeta ? { isInsideMeta: true } : {}),
      ...(isMeta && place.isRoot ? { noDefaults: `in top-level ${name}` } : {}),
    })
  })
}

function itemErrors({ items }: JsonSchemaProps, field: string, place: Place): FieldError[] {
  if (!items) return []
  if (!Array.isArray(items)) return errorsAt(items, `${field}.items`, place)
  return items.flatMap((item, i) => errorsAt(item, `${field}.items[${i}]`, place))
}

function preserveErrors(schema: JsonSchemaProps, field: string): FieldError[] {
  const name = 'x-kubernetes-preserve-unknown-fields'
  return schema[name] === false ? [invalid(`${field}.${name}`, false, 'must be true or undefined')] : []
}

function mapTypeErrors(schema: JsonSchemaProps, field: string): FieldError[] {
  const mapType = schema['x-kubernetes-map-type']
  if (mapType === undefined) return []
  const why = 'must be object if x-kubernetes-map-type is specified'
  const { type } = schema
  return [
    ...(type === 'object' ? [] : [type ? invalid(`${field}.type`, type, why) : required(`${field}.type`, why)]),
    ...(['atomic', 'granular'].includes(mapType)
      ? []
      : [notSupported(`${field}.x-kubernetes-map-type`, mapType, ['atomic', 'granular'])]),
  ]
}

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

/** What can be said of rules without understanding their expressions. */
function ruleErrors(schema: JsonSchemaProps, field: string): FieldError[] {
  return (schema['x-kubernetes-validations'] ?? []).flatMap((rule, i) => {
    const at = `${field}.x-kubernetes-validations[${i}]`
    const { rule: expression = '', message = '', messageExpression = '', reason, fieldPath = '' } = rule
    const hasBreaks = (text: string) => /[\n\r]/.test(text.trim())
    const errors: FieldError[] = []
    if (expression.trim() === '') errors.push(required(`${at}.rule`, 'rule is not specified'))
    else if (message && message.trim() === '') {
      errors.push(invalid(`${at}.message`, message, 'must be non-empty if specified'))
    } else if (hasBreaks(message)) errors.push(invalid(`${at}.message`, message, 'must not contain line breaks'))
    else if (hasBreaks(expression) && message.trim() === '') {
      errors.push(required(`${at}.message`, 'message must be specified if rule contains line breaks'))
    }
    if (messageExpression && messageExpression.trim() === '') {
      errors.push(required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified'))
    }
    if (reason !== undefined && !reasons.includes(reason)) errors.push(notSupported(`${at}.reason`, reason, reasons))
    if (fieldPath && fieldPath.trim() === '') {
      errors.push(invalid(`${at}.fieldPath`, fieldPath, 'must be non-empty if specified'))
    }
    return errors
  })
}
