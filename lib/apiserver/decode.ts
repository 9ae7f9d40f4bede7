// From a body to an object of the kind that is expected: its fields checked against the schema, defaults filled in.

import { badRequest, type StatusError } from '../api/errors.ts'
import { type KubeObject, parseApiVersion } from '../api/meta.ts'
import { apiVersionOf, type ResourceDefinition } from '../api/resource.ts'
import { DecodeError, decode } from '../schema/decode.ts'
import { strictProblems, strictProblemsOfCustom, type TextFacts } from '../schema/json-text.ts'
import type { Schema } from '../schema/schema.ts'
import type { ApiRequest } from './chain.ts'
import { checkCustomKind, decodeCustom } from './decode-custom.ts'
import { parseBody } from './parse-body.ts'
import type { Registry } from './registry.ts'
import { strictWarnings } from './strict-warnings.ts'
import type { FieldValidation } from './write-options.ts'

/** What is expected: a kind, and its fields. */
export interface Expected {
  group: string
  version: string
  kind: string
  plural?: string
  schema: Schema
}

export interface DecodeOptions extends Partial<TextFacts> {
  fieldValidation: FieldValidation
  /** Texts about unknown and duplicate fields are added, unless they are errors. */
  warnings: string[]
  /** Knows whether another kind in the body is a known one. */
  registry?: Registry
  /** The error for fields that cannot be taken; upstream has another one for patches. */
  refuse?(why: string): StatusError
}

type ReadOptions = Pick<DecodeOptions, 'fieldValidation' | 'registry'>

/** The request's body as an object of `def`, with defaults. Throws BadRequest, UnsupportedMediaType, RequestEntityTooLarge. */
export async function readObject<T extends KubeObject>(
  request: ApiRequest,
  def: ResourceDefinition<T>,
  options: ReadOptions,
): Promise<T> {
  const { value, ...facts } = await parseBody(request, await request.body(), bodyOf(def))
  return decodeObject(value, def, { ...options, ...facts, warnings: request.warnings })
}

function bodyOf(expected: Expected) {
  return { kind: expected.kind, apiVersion: apiVersionOf(expected), schema: expected.schema }
}

/** A JSON value as an object of `def`, with defaults; shares nothing with `value`. */
export function decodeObject<T extends KubeObject>(
  value: Record<string, unknown>,
  def: ResourceDefinition<T>,
  options: DecodeOptions,
): T {
  const object = decodeKind(value, def, options) as T
  def.defaults?.(object)
  return object
}

/** The body as something that is no resource of its own: a Scale, a Binding. */
export async function readKind(request: ApiRequest, expected: Expected, options: ReadOptions): Promise<KubeObject> {
  const { value, ...facts } = await parseBody(request, await request.body(), bodyOf(expected))
  return decodeKind(value, expected, { ...options, ...facts, warnings: request.warnings })
}

export function decodeKind(value: Record<string, unknown>, expected: Expected, options: DecodeOptions): KubeObject {
  const refuse = options.refuse ?? ((why: string) => cannotHandle(expected.kind, expected.version, expected, why))
  if (expected.schema.source) checkCustomKind(value, expected, refuse)
  else checkKind(value, expected, options.registry)
  const object = decodeFields(value, expected.schema, options, refuse)
  object.apiVersion = apiVersionOf(expected)
  object.kind = expected.kind
  object.metadata ??= {}
  if (hasSpec(expected.schema)) (object as { spec?: object }).spec ??= {}
  if (forgetsOwners(value)) object.metadata.managedFields = []
  return object
}

/** To Go a built-in kind's spec is a struct, and so always there: nobody else need ask. */
function hasSpec({ source, properties }: Schema): boolean {
  const spec = source ? undefined : properties?.spec
  return spec?.type === 'object' && spec.properties !== undefined
}

/** An empty list, which decoding leaves out like any other, is here a request: to forget who owns what. */
function forgetsOwners({ metadata }: Record<string, unknown>): boolean {
  const { managedFields } = (metadata ?? {}) as { managedFields?: unknown }
  return Array.isArray(managedFields) && managedFields.length === 0
}

function decodeFields(
  value: Record<string, unknown>,
  schema: Schema,
  { fieldValidation, warnings, duplicates = [], places, numbers, strictErrors = [] }: DecodeOptions,
  refuse: (why: string) => StatusError,
): KubeObject {
  const unknown: string[] = []
  const object = decoded(
    schema,
    value,
    { onUnknown: path => unknown.push(path), ...(numbers ? { numbers } : {}) },
    refuse,
  )
  const found = schema.source
    ? strictProblemsOfCustom(unknown, duplicates)
    : strictProblems(unknown, duplicates, places)
  const problems = fieldValidation === 'Ignore' ? [] : [...strictErrors, ...found]
  if (problems.length > 0 && fieldValidation === 'Strict') {
    throw refuse(`strict decoding error: ${problems.join(', ')}`)
  }
  warnings.push(...problems.flatMap(strictWarnings))
  return object as KubeObject
}

function decoded(
  schema: Schema,
  value: Record<string, unknown>,
  options: NonNullable<Parameters<typeof decode>[2]>,
  refuse: (why: string) => StatusError,
): unknown {
  try {
    return schema.source ? decodeCustom(schema, value, options) : decode(schema, value, options)
  } catch (error) {
    throw error instanceof DecodeError ? refuse(error.message) : error
  }
}

/** What the body says it is. Left out, it is what the path expects. */
function checkKind(value: Record<string, unknown>, expected: Expected, registry: Registry | undefined): void {
  const kind = typeof value.kind === 'string' && value.kind !== '' ? value.kind : expected.kind
  const apiVersion = typeof value.apiVersion === 'string' ? value.apiVersion : ''
  const { group, version } = apiVersion === '' ? expected : parseApiVersion(apiVersion)
  const isSameVersion = group === expected.group && version === expected.version
  if (kind === expected.kind && isSameVersion) return
  const known = registry?.ofKind(group, version, kind)
  if (known && kind === expected.kind) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${apiVersionOf(expected)})`,
    )
  }
  const why = known
    ? `converting (${version}.${kind}) to (${internalPackage(expected)}.${expected.kind}): unknown conversion`
    : `no kind "${kind}" is registered for version "${apiVersion || version}" in scheme "pkg/api/legacyscheme/scheme.go:30"`
  throw cannotHandle(kind, version, expected, why)
}

/** Go's package of the unversioned type. */
function internalPackage({ group }: Expected): string {
  return group === '' ? 'core' : (group.split('.')[0] ?? '')
}

export function cannotHandle(kind: string, version: string, expected: Expected, why: string) {
  return badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected.kind}: ${why}`)
}
