// From a JSON value to a custom object: its schema says what stays, and validation, later, what may be. Only metadata,
// its own and that of whole objects within it, is read as strictly as built-in kinds are.

import { badRequest, type StatusError } from '../api/errors.ts'
import { invalid, invalidObject } from '../api/field-errors.ts'
import { toApiVersion } from '../api/meta.ts'
import { builtinSchema } from '../schema/builtin.ts'
import { type DecodeOptions, decode } from '../schema/decode.ts'
import { dropNulls, memberSchema } from '../schema/default-values.ts'
import { prune } from '../schema/prune.ts'
import type { Schema } from '../schema/schema.ts'

type Values = Record<string, unknown>

interface ExpectedCustom {
  group: string
  version: string
  kind: string
  plural?: string
}

/** Unlike others, a custom object says itself what it is. Throws BadRequest, and Invalid for another kind. */
export function checkCustomKind(value: Values, expected: ExpectedCustom, refuse: (why: string) => StatusError): void {
  const { group, version, kind } = expected
  if (typeof value.kind !== 'string' || value.kind === '') {
    throw refuse(`Object 'Kind' is missing in '${JSON.stringify(value)}'`)
  }
  const apiVersion = typeof value.apiVersion === 'string' ? value.apiVersion : ''
  const wanted = toApiVersion(group, version)
  if (apiVersion !== wanted) {
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`)
  }
  if (value.kind === kind) return
  const { name } = (value.metadata ?? {}) as { name?: string }
  const resource = { group, plural: expected.plural ?? '', kind: value.kind }
  throw invalidObject(resource, name ?? '', [invalid('kind', value.kind, `must be ${kind}`)])
}

/** Shares nothing with `value`. Throws DecodeError for metadata that cannot be read. */
export function decodeCustom(schema: Schema, value: Values, options: DecodeOptions): Values {
  const object = structuredClone(value)
  if (object.metadata !== undefined) object.metadata = decodeMetadata(object.metadata, 'metadata', options)
  prune(schema, object, options)
  dropNulls(schema, object)
  decodeEmbedded(schema, object, '', options)
  return object
}

function decodeMetadata(value: unknown, path: string, { onUnknown }: DecodeOptions): unknown {
  return decode(builtinSchema('V1ObjectMeta'), value ?? {}, {
    onUnknown: name => onUnknown?.(`${path}.${name}`),
  })
}

function decodeEmbedded(schema: Schema, value: unknown, path: string, options: DecodeOptions): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    const { items } = schema
    if (items) for (const [i, item] of value.entries()) decodeEmbedded(items, item, `${path}[${i}]`, options)
    return
  }
  const object = value as Values
  if (schema.embeddedResource && object.metadata !== undefined) {
    object.metadata = decodeMetadata(object.metadata, `${path}.metadata`, options)
  }
  for (const name of Object.keys(object)) {
    const member = memberSchema(schema, name)
    if (member) decodeEmbedded(member, object[name], path === '' ? name : `${path}.${name}`, options)
  }
}
