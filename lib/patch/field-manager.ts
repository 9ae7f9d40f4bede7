// managedFields of one write, from the object as it stands to the one that is to be stored: what every verb goes
// through. The rules of who owns what are in ownership.ts; here is what surrounds them: objects that are not tracked,
// lists of managers that clients wrote, and the way over from client-side apply.

import { badRequest, StatusError } from '../api/errors.ts'
import { type KubeObject, parseApiVersion } from '../api/meta.ts'
import { jsonEqual } from '../util/json-equal.ts'
import { type Conflict, ConflictsError } from './conflicts.ts'
import { difference, type FieldSet, isEmpty } from './field-set.ts'
import { isObject, type JsonObject } from './json.ts'
import { lastAppliedFields, withLastApplied } from './last-applied.ts'
import {
  capped,
  isReset,
  type ManagedFieldsEntry,
  type Managers,
  readManagers,
  writeManagers,
} from './managed-fields.ts'
import { type Applied, apply, ownersAfterUpdate, type Write } from './ownership.ts'
import { ShapeError } from './shape.ts'
import { shapeProblem } from './validate-applied.ts'

/** The manager that owns what was there before the first apply to an object that was not tracked. */
const beforeFirstApply = 'before-first-apply'

/** kubectl's, which knows of the annotation that client-side apply keeps. */
const kubectl = 'kubectl'

/**
 * Sets `next.metadata.managedFields`. `live` has no uid when the object is new. What cannot be told leaves the list as it
 * stands: a write does not fail for it.
 */
export function trackUpdate(write: Write, live: KubeObject, next: KubeObject): void {
  const stored = live.metadata.managedFields
  const managers = managersOf(write, stored, next.metadata.managedFields)
  const isUntracked = managers.size === 0 && live.metadata.uid !== undefined
  setManagedFields(next, isUntracked ? undefined : entriesAfterUpdate(write, live, next, managers, stored))
}

function entriesAfterUpdate(
  write: Write,
  live: KubeObject,
  next: KubeObject,
  managers: Managers,
  stored: ManagedFieldsEntry[] | undefined,
): ManagedFieldsEntry[] | undefined {
  try {
    const after = capped(ownersAfterUpdate(write, comparable(live), comparable(next), managers))
    return after === managers && isStored.has(managers) ? stored : writeManagers(after)
  } catch (error) {
    // A conversion that the kind cannot do says so by a StatusError.
    if (error instanceof ShapeError || error instanceof StatusError) return stored
    throw error
  }
}

/** Managers that were read from the list as it is stored. */
const isStored = new WeakSet<Managers>()

function managersOf(
  { by }: Write,
  stored: ManagedFieldsEntry[] | undefined,
  given: ManagedFieldsEntry[] | undefined,
): Managers {
  if (by.subresource || given === undefined) return storedManagers(stored)
  if (isReset(given)) return new Map()
  if (jsonEqual(given, stored)) return storedManagers(stored)
  const managers = managersGiven(given)
  return managers?.size ? managers : storedManagers(stored)
}

function managersGiven(entries: ManagedFieldsEntry[]): Managers | undefined {
  try {
    return readManagers(entries)
  } catch {
    return undefined
  }
}

/** Entries that cannot be read are forgotten. */
function storedManagers(entries: ManagedFieldsEntry[] | undefined): Managers {
  try {
    const managers = readManagers(entries, true)
    isStored.add(managers)
    return managers
  } catch {
    return new Map()
  }
}

/** Without what is nobody's and differs between any two objects. */
function comparable({ metadata, ...rest }: KubeObject): JsonObject {
  const { managedFields: _, resourceVersion: __, ...others } = metadata
  return { ...rest, metadata: others } as unknown as JsonObject
}

function setManagedFields(object: KubeObject, entries: ManagedFieldsEntry[] | undefined): void {
  if (entries) object.metadata.managedFields = entries
  else delete object.metadata.managedFields
}

export interface Application {
  write: Write
  /** What must be applied. */
  kind: { group: string; version: string; kind: string }
  config: JsonObject
  force: boolean
}

export interface AppliedObject {
  /** With managedFields; to be decoded and defaulted, unless it `isLive`. */
  object: JsonObject
  /** What was applied is there already; only managedFields may differ. */
  isLive: boolean
}

/**
 * The live object with a configuration applied. Throws BadRequest for a configuration that is none of this kind,
 * ConflictsError, and an Error with upstream's text for fields that do not fit the schema.
 */
export function applyConfiguration(application: Application, live: KubeObject): AppliedObject {
  const { write } = application
  checkKind(application)
  const config = withoutManagers(application.config)
  checkShape(write, config, 'patch', false)
  const current = unmanaged(live)
  checkShape(write, current, 'live', true)
  const { object, managers } = migrated({ ...application, config }, current, appliersOf(write, live))
  const result = object ?? current
  const named = write.by.name === kubectl ? withLastApplied(result, config) : result
  const managedFields = writeManagers(managers)
  const metadata = { ...(named.metadata as JsonObject), ...(managedFields ? { managedFields } : {}) }
  return { object: { ...named, metadata } as JsonObject, isLive: object === undefined && named === result }
}

/** A null is nothing. Throws BadRequest for a list. */
function withoutManagers(config: JsonObject): JsonObject {
  const { metadata } = config
  if (!isObject(metadata) || metadata.managedFields === undefined) return config
  if (Array.isArray(metadata.managedFields)) throw badRequest('metadata.managedFields must be nil')
  if (metadata.managedFields !== null) return config
  const { managedFields: _, ...others } = metadata
  return { ...config, metadata: others }
}

function unmanaged({ metadata, ...rest }: KubeObject): JsonObject {
  const { managedFields: _, ...others } = metadata
  return { ...rest, metadata: others } as unknown as JsonObject
}

function appliersOf(write: Write, live: KubeObject): Managers {
  const managers = readManagers(live.metadata.managedFields, true)
  if (managers.size > 0) return managers
  const { apiVersion, kind } = live
  const empty = { apiVersion, kind, metadata: {} }
  const by = { name: beforeFirstApply, subresource: write.by.subresource }
  return ownersAfterUpdate({ ...write, by }, empty, comparable(live), managers)
}

function checkKind({ kind, config }: Application): void {
  const { group, version } = parseApiVersion(typeof config.apiVersion === 'string' ? config.apiVersion : '')
  if (group === kind.group && version === kind.version && config.kind === kind.kind) return
  throw badRequest(`invalid object type: ${kindText(config)}`)
}

function kindText({ apiVersion, kind }: JsonObject): string {
  const { group, version } = parseApiVersion(typeof apiVersion === 'string' ? apiVersion : '')
  return `${group}/${version}, Kind=${typeof kind === 'string' ? kind : ''}`
}

function checkShape({ versions }: Write, object: JsonObject, what: 'patch' | 'live', allowDuplicates: boolean): void {
  const problem = shapeProblem(versions.schema, object, allowDuplicates)
  if (problem === undefined) return
  const { namespace = '', name = '' } = (object.metadata ?? {}) as { namespace?: string; name?: string }
  throw new Error(`failed to create typed ${what} object (${namespace}/${name}; ${kindText(object)}): ${problem}`)
}

/** Applied; where kubectl's conflicts are only with what its own client-side apply has written, by force. */
function migrated({ write, config, force }: Application, live: JsonObject, managers: Managers): Applied {
  try {
    return apply(write, live, config, managers, force)
  } catch (error) {
    if (!(error instanceof ConflictsError) || write.by.name !== kubectl) throw error
    const allowed = lastAppliedFields(write.versions, live)
    if (!allowed) throw error
    const left = error.conflicts.map(conflict => beyond(conflict, allowed)).filter(({ fields }) => !isEmpty(fields))
    if (left.length > 0) throw new ConflictsError(left)
    return apply(write, live, config, managers, true)
  }
}

function beyond({ manager, fields }: Conflict, allowed: FieldSet): Conflict {
  return { manager, fields: difference(fields, allowed) }
}
