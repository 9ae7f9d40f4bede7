// Who a write is by, in which version and through which way in: what managedFields says of it.

import type { KubeObject } from '../api/meta.ts'
import { apiVersionOf, type ResourceDefinition } from '../api/resource.ts'
import { fromStored, toStored } from '../api/stored.ts'
import { trackUpdate } from '../patch/field-manager.ts'
import { type FieldSet, setOf, union } from '../patch/field-set.ts'
import type { JsonObject } from '../patch/json.ts'
import type { Versions, Write } from '../patch/ownership.ts'
import { fieldElement } from '../patch/path-element.ts'
import { rootSchema } from '../patch/shape.ts'
import { rfc3339 } from '../util/clock.ts'
import type { ApiRequest } from './chain.ts'
import type { Registry } from './registry.ts'
import { maxFieldManagerLength, type WriteOptions } from './write-options.ts'

/** The server's own name, for what it writes unasked. */
export const serverManager = 'kube-apiserver'

/** What the request calls itself, or the first part of its user agent. */
export function fieldManagerOf(request: ApiRequest, { fieldManager }: Pick<WriteOptions, 'fieldManager'>): string {
  return fieldManager || userAgentPrefix(request.headers['user-agent'] ?? '') || 'unknown'
}

function userAgentPrefix(userAgent: string): string {
  let prefix = ''
  let bytes = 0
  for (const char of userAgent.split('/')[0] ?? '') {
    if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char)) continue
    bytes += Buffer.byteLength(char)
    if (bytes > maxFieldManagerLength) break
    prefix += char
  }
  return prefix
}

export interface FieldWrite {
  registry: Registry
  def: ResourceDefinition
  subresource: string
  manager: string
  nowMs: number
}

/** A write of the object itself, or through a subresource that shows the object as it is. */
export function fieldWrite({ registry, def, subresource, manager, nowMs }: FieldWrite): Write {
  return {
    versions: versionsOf(registry, def),
    by: { name: manager, subresource },
    ignored: resetFields(def, subresource),
    now: rfc3339(nowMs),
  }
}

/** Sets `next.metadata.managedFields`; `live` is undefined when the object is new. */
export function track(write: FieldWrite, live: KubeObject | undefined, next: KubeObject): void {
  const { def } = write
  trackUpdate(fieldWrite(write), live ?? { apiVersion: apiVersionOf(def), kind: def.kind, metadata: {} }, next)
}

function versionsOf(registry: Registry, def: ResourceDefinition): Versions {
  const apiVersion = apiVersionOf(def)
  const definitions = new Map([[apiVersion, def]])
  const find = (wanted: string) => {
    const known = definitions.get(wanted) ?? otherVersion(registry, def, wanted)
    if (known) definitions.set(wanted, known)
    return known
  }
  return {
    apiVersion,
    schema: rootSchema(def.schema),
    mayHaveChanged: def.schema.source !== undefined,
    convert(object, from, to) {
      const [source, target] = [find(from), find(to)]
      if (!source || !target) return undefined
      const schema = rootSchema(target.schema)
      return { object: source === target ? object : converted(source, target, object), schema }
    },
  }
}

/** The same stored objects in another version. */
function otherVersion(registry: Registry, def: ResourceDefinition, apiVersion: string): ResourceDefinition | undefined {
  const prefix = (each: ResourceDefinition) => each.storage?.prefix ?? each.plural
  return registry
    .all()
    .find(each => each.plural === def.plural && apiVersionOf(each) === apiVersion && prefix(each) === prefix(def))
}

function converted(source: ResourceDefinition, target: ResourceDefinition, object: JsonObject): JsonObject {
  const stored = toStored(source, withStructs(source, object))
  return fromStored(target, stored) as unknown as JsonObject
}

/** A copy, with the structs that a built-in object has to whoever converts it even when all that was in them is gone. */
function withStructs({ schema }: ResourceDefinition, object: JsonObject): KubeObject {
  const copy = structuredClone(object)
  if (schema.source) return copy as unknown as KubeObject
  for (const name of ['spec', 'status']) {
    const property = Object.hasOwn(schema.properties ?? {}, name) ? schema.properties?.[name] : undefined
    if (property?.type === 'object' && (copy[name] ?? null) === null) copy[name] = {}
  }
  return copy as unknown as KubeObject
}

const resets = new WeakMap<ResourceDefinition, Map<string, FieldSet>>()

/** What a write through this way in cannot change, whatever it says: nobody owns it by such a write. */
function resetFields(def: ResourceDefinition, subresource: string): FieldSet {
  const known = resets.get(def) ?? new Map<string, FieldSet>()
  resets.set(def, known)
  const made = known.get(subresource) ?? fieldsOf(resetPaths(def, subresource))
  known.set(subresource, made)
  return made
}

function resetPaths({ subresources }: ResourceDefinition, subresource: string): readonly string[] {
  if (subresource === '') return subresources?.status ? ['status'] : []
  return subresources?.[subresource]?.resetFields ?? (subresource === 'status' ? ['spec'] : [])
}

function fieldsOf(paths: readonly string[]): FieldSet {
  return paths.map(path => setOf(path.split('.').map(fieldElement))).reduce(union, {})
}
