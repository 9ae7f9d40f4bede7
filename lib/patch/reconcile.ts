// Sets of fields that were written under an earlier schema: a list or map that has become one leaf since is owned as
// one, and one that was a leaf is owned in all its parts. As upstream has it, an owner of nothing but a map itself counts
// as one who owned it when it was a leaf.

import type { Schema } from '../schema/schema.ts'
import { below, type FieldSet, isMember, toNode } from './field-set.ts'
import { fieldSetOf } from './field-set-of.ts'
import type { Json, JsonObject } from './json.ts'
import { asMap, itemSchema, kindOf, memberSchema, shapeOf, untyped } from './shape.ts'

/** The set as the schema has it now: the same set when nothing has changed. */
export function reconciled(schema: Schema, set: FieldSet, live: JsonObject): FieldSet {
  let all: FieldSet | undefined
  const parts = () => {
    all ??= fieldSetOf(schema, live)
    return all
  }
  return children(schema, set, live, parts) ?? set
}

/** undefined: nothing changes. `parts` are the fields that the live object has here. */
function children(
  schema: Schema,
  set: FieldSet,
  live: Json | undefined,
  parts: () => FieldSet | undefined,
): FieldSet | undefined {
  let changed: FieldSet | undefined
  for (const element in set) {
    const node = set[element]
    if (!node || element === '.') continue
    const inner = schemaOf(schema, element)
    const value = element.startsWith('f:') ? asMap(live)[element.slice(2)] : undefined
    const now = reconciledNode(inner, node, value, () => parts()?.[element])
    if (now === node) continue
    changed ??= { ...set }
    changed[element] = now
  }
  return changed
}

function schemaOf(schema: Schema, element: string): Schema {
  if (!element.startsWith('f:')) return itemSchema(schema)
  return memberSchema(schema, element.slice(2)) ?? untyped
}

function reconciledNode(
  schema: Schema,
  node: FieldSet,
  live: Json | undefined,
  parts: () => FieldSet | undefined,
): FieldSet {
  const kind = kindOf(schema, undefined)
  if (kind !== 'map' && kind !== 'list') return node
  const inner = below({ node }, 'node')
  const isLeaf = shapeOf(schema, live ?? null) === 'leaf'
  if (isLeaf) return inner ? {} : node
  if (!inner) {
    const whole = parts()
    return whole && below({ whole }, 'whole') ? (toNode(true, withoutSelf(whole)) ?? node) : node
  }
  const now = children(schema, inner, live, parts)
  return now ? (toNode(isMember(node), withoutSelf(now)) ?? node) : node
}

function withoutSelf({ '.': _, ...rest }: FieldSet): FieldSet {
  return rest
}
