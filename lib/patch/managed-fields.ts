// metadata.managedFields: who owns which fields, by which kind of write, through which version and subresource.

import type { ObjectMeta } from '../api/meta.ts'
import { difference, type FieldSet, has, isEmpty, readFieldSet, setOf, sorted, union } from './field-set.ts'

export type ManagedFieldsEntry = NonNullable<ObjectMeta['managedFields']>[number]

export interface Manager {
  name: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  /** '' for the object itself. */
  subresource: string
  fields: FieldSet
  /** Of its last change; not set by a write that changed nothing. */
  time?: string | undefined
  /** As it stands in the object, where nothing of it has changed. */
  entry?: ManagedFieldsEntry
}

/** By identity: what two entries of the same manager have in common. */
export type Managers = ReadonlyMap<string, Manager>

/** An applier is the same in every version; whoever updates is another one in each. */
export function identityOf({
  name,
  operation,
  apiVersion,
  subresource,
}: Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>): string {
  return JSON.stringify([name, operation, operation === 'Apply' ? '' : apiVersion, subresource])
}

/** Throws Error for entries that are none. `isStored`: written by this server, and so in order. */
export function readManagers(entries: readonly ManagedFieldsEntry[] = [], isStored = false): Managers {
  const managers = new Map<string, Manager>()
  for (const entry of entries) {
    const { operation, apiVersion, fieldsType, fieldsV1 = {} } = entry
    if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`')
    if (!apiVersion) throw new Error('apiVersion must not be empty')
    if (fieldsType !== 'FieldsV1') throw new Error(`invalid fieldsType ${JSON.stringify(fieldsType ?? '')}`)
    const fields = isStored ? (fieldsV1 as FieldSet) : readFieldSet(fieldsV1)
    const { manager: name = '', subresource = '', time } = entry
    const manager: Manager = { name, operation, apiVersion, subresource, fields, time, ...(isStored ? { entry } : {}) }
    managers.set(identityOf(manager), manager)
  }
  return managers
}

/** The entries in upstream's order: appliers first, the oldest first. undefined for none. */
export function writeManagers(managers: Managers): ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined
  return [...managers.values()].sort(inOrder).map(entryOf)
}

function entryOf(manager: Manager): ManagedFieldsEntry {
  const { name, operation, apiVersion, time, fields, subresource, entry } = manager
  if (entry && entry.fieldsV1 === fields && entry.time === time && entry.apiVersion === apiVersion) return entry
  return {
    ...(name ? { manager: name } : {}),
    operation,
    apiVersion,
    ...(time ? { time } : {}),
    fieldsType: 'FieldsV1',
    fieldsV1: sorted(fields),
    ...(subresource ? { subresource } : {}),
  }
}

function inOrder(a: Manager, b: Manager): number {
  const byTime = secondsOf(a) - secondsOf(b)
  return (
    byText(a.operation, b.operation) ||
    byTime ||
    byText(a.name, b.name) ||
    byText(a.apiVersion, b.apiVersion) ||
    byText(a.subresource, b.subresource)
  )
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function secondsOf({ time }: Manager): number {
  return time ? Math.floor(Date.parse(time) / 1000) : 0
}

/** The list that says: forget who owns what. */
export function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  if (!entries) return false
  return entries.length === 0 || (entries.length === 1 && Object.keys(entries[0] ?? {}).length === 0)
}

const maxUpdateManagers = 10
const oldUpdates = 'ancient-changes'

/** At most ten entries by updates: the oldest of a version become one. */
export function capped(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update')
  let excess = updaters.length - maxUpdateManagers
  if (excess <= 0) return managers
  updaters.sort(([a, left], [b, right]) => secondsOf(left) - secondsOf(right) || byText(a, b))
  const result = new Map(managers)
  const firstOf = new Map<string, string>()
  for (const [id, manager] of updaters) {
    if (excess <= 0) break
    const { apiVersion } = manager
    const first = firstOf.get(apiVersion)
    if (first === undefined) {
      firstOf.set(apiVersion, id)
      continue
    }
    const bucket: Manager = { ...manager, name: oldUpdates, subresource: '' }
    const bucketId = identityOf(bucket)
    const before = result.get(bucketId) ?? result.get(first)
    if (!result.has(bucketId)) result.delete(first)
    result.delete(id)
    result.set(bucketId, { ...bucket, fields: union(manager.fields, before?.fields ?? {}) })
    excess--
  }
  return result
}

/** What is never anybody's: the object's identity, and what the server writes of its own. */
export const stripped: FieldSet = {
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:clusterName': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
  },
}

const scaleVersion = 'autoscaling/v1'
const scaleReplicas = ['f:spec', 'f:replicas']

/** The managers of an object as its Scale shows them: those of the replicas. `path` is where those are in the object. */
export function managersOfScale(managers: Managers, path: readonly string[]): Managers {
  const owners = [...managers].filter(([, { fields }]) => has(fields, path))
  return new Map(
    owners.map(([id, manager]) => [id, { ...manager, apiVersion: scaleVersion, fields: setOf(scaleReplicas) }]),
  )
}

/** The managers of an object after its Scale was written; `apiVersion` is the object's. */
export function managersAfterScale(
  managers: Managers,
  ofScale: Managers,
  { path, apiVersion }: { path: readonly string[]; apiVersion: string },
): Managers {
  const result = new Map<string, Manager>()
  const fresh = new Map(ofScale)
  for (const [id, manager] of managers) {
    const isOwner = has(manager.fields, path)
    const kept = !isOwner || fresh.delete(id) ? manager.fields : difference(manager.fields, setOf(path))
    if (!isEmpty(kept)) result.set(id, { ...manager, fields: kept })
  }
  for (const [id, manager] of fresh) {
    if (!has(manager.fields, scaleReplicas)) continue
    // As upstream has it, an owner by Scale has no time.
    result.set(id, { ...manager, apiVersion, fields: setOf(path), time: managers.get(id)?.time })
  }
  return result
}
