// The annotation in which `kubectl apply` keeps what it applied, from before servers did: how an object comes over from
// client-side to server-side apply without conflicts with its own past, and how the annotation stays true after that.

import type { Schema } from '../schema/schema.ts'
import { compare } from './compare.ts'
import { difference, type FieldSet } from './field-set.ts'
import { fieldSetOf } from './field-set-of.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { ShapeError } from './shape.ts'
import { shapeProblem } from './validate-applied.ts'

const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
const maxAnnotationBytes = 256 * 1024

/** The fields that were applied and still stand as they were applied; undefined when nothing tells. */
export function lastAppliedFields(
  { apiVersion, schema }: { apiVersion: string; schema: Schema },
  live: JsonObject,
): FieldSet | undefined {
  const applied = parsed(annotationsOf(live)?.[annotation])
  if (!applied || applied.apiVersion !== apiVersion || shapeProblem(schema, applied, false)) return undefined
  try {
    const { added, modified, removed } = compare(schema, applied, live)
    return [modified, added, removed].reduce(difference, fieldSetOf(schema, applied))
  } catch (error) {
    if (error instanceof ShapeError) return undefined
    throw error
  }
}

function annotationsOf(object: JsonObject): JsonObject | undefined {
  const { metadata } = object
  const annotations = isObject(metadata) ? metadata.annotations : undefined
  return isObject(annotations) ? annotations : undefined
}

function parsed(text: Json | undefined): JsonObject | undefined {
  if (typeof text !== 'string' || text === '') return undefined
  try {
    const value = JSON.parse(text) as Json
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** `object` with the annotation saying what was applied now, where it has the annotation; the same object when it says so. */
export function withLastApplied(object: JsonObject, config: JsonObject): JsonObject {
  const annotations = annotationsOf(object)
  if (!annotations?.[annotation]) return object
  const text = encoded(config)
  if (annotations[annotation] === text) return object
  const { [annotation]: _, ...others } = annotations
  const fits = sizeOf(others) + sizeOf({ [annotation]: text }) <= maxAnnotationBytes
  const changed = fits ? { ...annotations, [annotation]: text } : others
  return { ...object, metadata: { ...(object.metadata as JsonObject), annotations: changed } }
}

function sizeOf(annotations: JsonObject): number {
  return Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(String(value)),
    0,
  )
}

/** As Go encodes it: members in order, and a line's end behind it. */
function encoded(config: JsonObject): string {
  const { metadata } = config
  const annotations = annotationsOf(config)
  if (!annotations) return `${JSON.stringify(inOrder(config))}\n`
  const { [annotation]: _, ...others } = annotations
  return `${JSON.stringify(inOrder({ ...config, metadata: { ...(metadata as JsonObject), annotations: others } }))}\n`
}

function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inOrder)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(key => [key, inOrder(value[key] ?? null)]),
  )
}
