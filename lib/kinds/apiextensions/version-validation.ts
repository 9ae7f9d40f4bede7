// What a version of a custom kind may say beside its schema: subresources, columns, fields to select by, deprecation.

import { duplicate, type FieldError, invalid, required, tooMany } from '../../api/field-errors.ts'
import { jsonPath } from '../../schema/json-path.ts'
import type { JsonSchemaProps } from '../../schema/json-schema-props.ts'
import type { PrinterColumn, Subresources, Version } from './types.ts'

export function validateDeprecation({ deprecated, deprecationWarning }: Version, field: string): FieldError[] {
  if (deprecationWarning === undefined) return []
  const at = `${field}.deprecationWarning`
  const wrong = (why: string) => invalid(at, deprecationWarning, why)
  if (!deprecated) return [wrong('can only be set for deprecated versions')]
  const errors: FieldError[] = []
  if (Buffer.byteLength(deprecationWarning) > 256) errors.push(wrong('must be <= 256 characters long'))
  if (deprecationWarning === '') errors.push(wrong('must not be an empty string'))
  const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(deprecationWarning)
  if (unprintable) {
    const index = Buffer.byteLength(deprecationWarning.slice(0, unprintable.index))
    errors.push(wrong(`must only contain printable UTF-8 characters; non-printable character found at index ${index}`))
  }
  return errors
}

export function validateSubresources({ scale }: Subresources, field: string): FieldError[] {
  if (!scale) return []
  const { specReplicasPath = '', statusReplicasPath = '', labelSelectorPath } = scale
  const at = (name: string) => `${field}.scale.${name}`
  return [
    ...(specReplicasPath
      ? pathErrors(specReplicasPath, at('specReplicasPath'), ['.spec.'], 'should be a json path under .spec')
      : [required(at('specReplicasPath'))]),
    ...(statusReplicasPath
      ? pathErrors(statusReplicasPath, at('statusReplicasPath'), ['.status.'], 'should be a json path under .status')
      : [required(at('statusReplicasPath'))]),
    ...(labelSelectorPath
      ? pathErrors(
          labelSelectorPath,
          at('labelSelectorPath'),
          ['.spec.', '.status.'],
          'should be a json path under either .spec or .status',
        )
      : []),
  ]
}

function pathErrors(path: string, field: string, roots: string[], why: string): FieldError[] {
  const errors = simplePathErrors(path, field)
  if (errors.length > 0 || roots.some(root => path.startsWith(root))) return errors
  return [invalid(field, path, why)]
}

function simplePathErrors(path: string, field: string): FieldError[] {
  return path.startsWith('.') ? [] : [invalid(field, path, 'must be a simple json path starting with .')]
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

export function validateColumn({ name, type, format, jsonPath: path }: PrinterColumn, field: string): FieldError[] {
  const oneOf = (words: string[]) => `must be one of ${words.join(',')}`
  const errors: FieldError[] = name ? [] : [required(`${field}.name`)]
  if (!type) errors.push(required(`${field}.type`, oneOf(columnTypes)))
  else if (!columnTypes.includes(type)) errors.push(invalid(`${field}.type`, type, oneOf(columnTypes)))
  if (format && !columnFormats.includes(format)) {
    errors.push(invalid(`${field}.format`, format, oneOf(columnFormats)))
  }
  if (!path) errors.push(required(`${field}.JSONPath`))
  else errors.push(...simplePathErrors(path, `${field}.JSONPath`))
  return errors
}

const maxSelectableFields = 8
const selectableTypes = ['string', 'boolean', 'integer']

export function validateSelectableFields(
  fields: { jsonPath: string }[],
  schema: JsonSchemaProps | undefined,
  field: string,
): FieldError[] {
  if (fields.length === 0) return []
  if (!schema) {
    return [invalid(field, '', 'may only be set when `version.schema.openAPIV3Schema` is not included')]
  }
  const seen = new Set<string>()
  const errors = fields.flatMap(({ jsonPath: path }, i) => {
    const at = `${field}[${i}].jsonPath`
    if (!path) return [required(at)]
    const wrong = (why: string) => invalid(at, path, why)
    const found = followSchema(path, schema)
    if (typeof found === 'string') return [wrong(`is an invalid path: ${found}`)]
    const isRepeated = seen.has(path)
    seen.add(path)
    return [
      ...(path.startsWith('.metadata') ? [wrong('must not point to fields in metadata')] : []),
      ...(selectableTypes.includes(found.type ?? '')
        ? []
        : [
            wrong(
              'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
            ),
          ]),
      ...(isRepeated ? [duplicate(at, path)] : []),
    ]
  })
  return seen.size > maxSelectableFields ? [...errors, tooMany(field, seen.size, maxSelectableFields)] : errors
}

/** The schema of the field a path names, or why there is none. */
function followSchema(path: string, schema: JsonSchemaProps): JsonSchemaProps | string {
  if (!path.startsWith('.')) return `expected [ or . but got: ${path.split(/[.[]/)[0]}`
  if (path.includes('[')) return 'array notation is not allowed'
  let current: JsonSchemaProps | undefined = schema
  for (const name of path.slice(1).split('.')) {
    const properties: Record<string, JsonSchemaProps> = current?.properties ?? {}
    current = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (!current) return 'does not refer to a valid field'
  }
  return current ?? 'does not refer to a valid field'
}

/** True for a path that can be followed; upstream shows the default columns where one cannot. */
export function isPath(path: string): boolean {
  try {
    jsonPath(path)
    return true
  } catch {
    return false
  }
}
