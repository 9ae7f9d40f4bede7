// Who owns what after a write. An update takes over what it changes; an apply owns exactly what it names, and what it
// named before and now does not is removed, unless somebody else owns it. Pure.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/

import type { Schema } from '../schema/schema.ts'
import { jsonEqual } from '../util/json-equal.ts'
import { type Comparison, compare, excluding } from './compare.ts'
import { type Conflict, ConflictsError } from './conflicts.ts'
import { difference, emptySet, type FieldSet, intersection, isEmpty, recursiveDifference, union } from './field-set.ts'
import { fieldSetOf } from './field-set-of.ts'
import type { JsonObject } from './json.ts'
import { identityOf, type Manager, type Managers, stripped } from './managed-fields.ts'
import { mergeApplied } from './merge-applied.ts'
import { reconciled } from './reconcile.ts'
import { removeFields, withNamedFields } from './remove-fields.ts'

/** An object in one of its versions. */
export interface Versioned {
  object: JsonObject
  schema: Schema
}

/** The versions of a kind. */
export interface Versions {
  /** The one that this write is in. */
  apiVersion: string
  schema: Schema
  /** Custom kinds': who owns what may have been written under another schema. */
  mayHaveChanged?: boolean
  /** `object`, given in version `from`, in another one; undefined when that is not served any more. */
  convert(object: JsonObject, from: string, to: string): Versioned | undefined
}

export interface Write {
  versions: Versions
  /** Without fields and time. */
  by: Pick<Manager, 'name' | 'subresource'>
  /** What a write of this kind resets, and so cannot own: status, where that has a way in of its own. */
  ignored: FieldSet
  now: string
}

/** The managers after an update from `live` to `next`. Throws ShapeError. */
export function ownersAfterUpdate(write: Write, live: JsonObject, next: JsonObject, before: Managers): Managers {
  const { versions, by, ignored, now } = write
  const managers = underSchema(versions, live, before)
  const changes = compared(versions, live, next, ignored)
  if (isUnchanged(changes)) return withoutLostVersions(versions, managers, live)
  const { managers: others } = settled(write, live, next, changes, managers)
  const { apiVersion } = versions
  const changed = recursiveDifference(union(changes.modified, changes.added), ignored)
  const taken = difference(changed, stripped)
  if (isEmpty(taken)) return others
  const self: Omit<Manager, 'fields'> = { ...by, operation: 'Update', apiVersion }
  const id = identityOf(self)
  const fields = union(taken, others.get(id)?.fields ?? emptySet)
  return new Map([...others, [id, { ...self, fields, time: now }]])
}

/** The managers as the schema has fields now. */
function underSchema(versions: Versions, live: JsonObject, managers: Managers): Managers {
  if (!versions.mayHaveChanged) return managers
  const result = new Map<string, Manager>()
  for (const [id, manager] of managers) {
    const seen = versions.convert(live, versions.apiVersion, manager.apiVersion)
    const fields = seen ? reconciled(seen.schema, manager.fields, seen.object) : manager.fields
    result.set(id, fields === manager.fields ? manager : { ...manager, fields })
  }
  return [...result].every(([id, manager]) => manager === managers.get(id)) ? managers : result
}

function compared(versions: Versions, live: JsonObject, next: JsonObject, ignored: FieldSet): Comparison {
  return excluding(compare(versions.schema, live, next), ignored)
}

function isUnchanged({ added, modified, removed }: Comparison): boolean {
  return isEmpty(added) && isEmpty(modified) && isEmpty(removed)
}

/** Managers in versions that are served no more are forgotten at the next write. */
function withoutLostVersions({ apiVersion, convert }: Versions, managers: Managers, live: JsonObject): Managers {
  const isKnown = (manager: Manager) =>
    manager.apiVersion === apiVersion || convert(live, apiVersion, manager.apiVersion) !== undefined
  const all = [...managers.values()]
  if (all.every(isKnown)) return managers
  return new Map([...managers].filter(([, manager]) => isKnown(manager)))
}

/**
 * Takes from every manager what others have changed, in the version that it wrote. The conflicts are what was taken
 * because it changed, and not because it went.
 */
function settled(
  { versions, ignored }: Pick<Write, 'versions' | 'ignored'>,
  live: JsonObject,
  next: JsonObject,
  changes: Comparison,
  managers: Managers,
  except?: string,
): { managers: Managers; conflicts: Conflict[] } {
  const byVersion = new Map([[versions.apiVersion, changes]])
  const result = new Map<string, Manager>()
  const conflicts: Conflict[] = []
  for (const [id, manager] of managers) {
    if (id === except) {
      result.set(id, manager)
      continue
    }
    const seen = byVersion.get(manager.apiVersion) ?? comparedIn(manager.apiVersion, versions, live, next, ignored)
    if (!seen) continue
    byVersion.set(manager.apiVersion, seen)
    const lost = intersection(manager.fields, union(seen.modified, seen.added))
    if (!isEmpty(lost)) conflicts.push({ manager, fields: lost })
    const fields = difference(difference(manager.fields, lost), seen.removed)
    if (fields === manager.fields) result.set(id, manager)
    else if (!isEmpty(fields)) result.set(id, { ...manager, fields })
  }
  return { managers: result, conflicts }
}

function comparedIn(
  apiVersion: string,
  { apiVersion: own, convert }: Versions,
  live: JsonObject,
  next: JsonObject,
  ignored: FieldSet,
): Comparison | undefined {
  const [before, after] = [convert(live, own, apiVersion), convert(next, own, apiVersion)]
  return before && after && excluding(compare(before.schema, before.object, after.object), ignored)
}

export interface Applied {
  /** undefined: the configuration changes nothing. */
  object: JsonObject | undefined
  managers: Managers
}

/** Throws ConflictsError, unless it is forced, and ShapeError. */
export function apply(write: Write, live: JsonObject, config: JsonObject, before: Managers, force: boolean): Applied {
  const { versions, by, ignored, now } = write
  const managers = underSchema(versions, live, before)
  const { apiVersion, schema } = versions
  const self: Omit<Manager, 'fields'> = { ...by, operation: 'Apply', apiVersion }
  const id = identityOf(self)
  const last = managers.get(id)
  const fields = recursiveDifference(fieldSetOf(schema, config), ignored)
  const claimed = new Map([...managers, [id, { ...self, fields, time: last?.time }]])
  const object = pruned(versions, mergeApplied(schema, live, config), claimed, last)
  const changes = compared(versions, live, object, ignored)
  const { managers: settledManagers, conflicts } = settled(write, live, object, changes, claimed, id)
  if (!force && conflicts.length > 0) throw new ConflictsError(conflicts)
  const isSame = jsonEqual(live, object)
  const owned = difference(fields, stripped)
  const after = new Map(settledManagers)
  if (isEmpty(owned)) after.delete(id)
  else after.set(id, { ...self, fields: owned, time: isSame ? last?.time : now })
  return { object: isSame ? undefined : object, managers: after }
}

/** `merged` without what the applier owned, names no more, and nobody else owns. */
function pruned(
  { apiVersion, convert }: Versions,
  merged: JsonObject,
  managers: Managers,
  last: Manager | undefined,
): JsonObject {
  if (!last || isEmpty(last.fields)) return merged
  const start = convert(merged, apiVersion, last.apiVersion)
  if (!start) return merged
  const lastFields = withNamedFields(start.schema, last.fields)
  const without = removeFields(start.schema, start.object, lastFields)
  const owned = withOwned(convert, start, without, last.apiVersion, managers)
  const back = difference(namedFieldsOf(start), namedFieldsOf({ ...start, object: owned }))
  const result = removeFields(start.schema, start.object, intersection(back, lastFields))
  return convert(result, last.apiVersion, apiVersion)?.object ?? merged
}

function namedFieldsOf({ schema, object }: Versioned): FieldSet {
  return withNamedFields(schema, fieldSetOf(schema, object))
}

/** `pruned` with what it lacks of `merged` and somebody owns, each in the version that they wrote. */
function withOwned(
  convert: Versions['convert'],
  merged: Versioned,
  pruned: JsonObject,
  version: string,
  managers: Managers,
): JsonObject {
  const byVersion = new Map<string, FieldSet>([[version, emptySet]])
  for (const { apiVersion, fields } of managers.values()) {
    byVersion.set(apiVersion, union(byVersion.get(apiVersion) ?? emptySet, fields))
  }
  let result = pruned
  for (const [apiVersion, owned] of byVersion) {
    const all = convert(merged.object, version, apiVersion)
    const some = convert(result, version, apiVersion)
    if (!all || !some) continue
    const kept = union(namedFieldsOf(some), withNamedFields(all.schema, owned))
    const left = removeFields(all.schema, all.object, difference(namedFieldsOf(all), kept))
    result = convert(left, apiVersion, version)?.object ?? result
  }
  return result
}
