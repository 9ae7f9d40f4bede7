// From a body to an object of the kind that is expected: its fields checked against the schema, defaults filled in.

import { badRequest } from '../api/errors.ts'
import { type KubeObject, parseApiVersion } from '../api/meta.ts'
import { apiVersionOf, type ResourceDefinition } from '../api/resource.ts'
import type { Schema } from '../schema/schema.ts'
import type { ApiRequest } from './chain.ts'
import { parseBody } from './parse-body.ts'
import type { Registry } from './registry.ts'
import type { FieldValidation } from './write-options.ts'

/** What is expected: a kind, and its fields. */
export interface Expected {
  group: string
  version: string
  kind: string
  schema: Schema
}

export interface DecodeOptions {
  fieldValidation: FieldValidation
  /** Texts about unknown and duplicate fields are added, unless they are errors. */
  warnings: string[]
  /** Knows whether another kind in the body is a known one. */
  registry?: Registry
}

/** The request's body as an object of `def`, with defaults. Throws BadRequest, UnsupportedMediaType, RequestEntityTooLarge. */
export async function readObject<T extends KubeObject>(
  request: ApiRequest,
  def: ResourceDefinition<T>,
  options: Omit<DecodeOptions, 'warnings'>,
): Promise<T> {
  const value = await parseBody(request, await request.body(), def.kind)
  return decodeObject(value, def, { ...options, warnings: request.warnings })
}

/** A JSON value as an object of `def`, with defaults; shares nothing with `value`. */
export function decodeObject<T extends KubeObject>(
  value: unknown,
  def: ResourceDefinition<T>,
  options: DecodeOptions,
): T {
  const object = decodeKind(value as Record<string, unknown>, def, options) as T
  def.defaults?.(object)
  return object
}

/** The body as something that is no resource of its own: a Scale, a Binding. */
export async function readKind(
  request: ApiRequest,
  expected: Expected,
  options: Omit<DecodeOptions, 'warnings'>,
): Promise<KubeObject> {
  const value = await parseBody(request, await request.body(), expected.kind)
  return decodeKind(value, expected, { ...options, warnings: request.warnings })
}

export function decodeKind(given: Record<string, unknown>, expected: Expected, options: DecodeOptions): KubeObject {
  const value = structuredClone(given)
  checkKind(value, expected, options.registry)
  value.apiVersion = apiVersionOf(expected)
  value.kind = expected.kind
  value.metadata ??= {}
  return value as unknown as KubeObject
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
