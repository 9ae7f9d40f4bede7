// The way of every change of a stored object, by PUT, PATCH or a subresource: from the current object to the new one,
// tried again while others write in between.

import { conflict, staleVersion } from '../../api/errors.ts'
import { invalid, invalidObject } from '../../api/field-errors.ts'
import type { KubeObject, ObjectKey } from '../../api/meta.ts'
import { apiVersionOf, type ResourceDefinition, storageKey } from '../../api/resource.ts'
import { toStored } from '../../api/stored.ts'
import type { CacheEntry } from '../../storage/entry.ts'
import { type AdmissionRun, admissionRequest, type WriteContext, withAdmission } from '../admission-run.ts'
import type { ServerContext } from '../context.ts'
import { track } from '../field-management.ts'
import { isSameButForTimes, keepSystemMetadata, specChanged } from '../object-meta.ts'
import { dropDuplicateOwners } from '../owner-references.ts'
import { servedAs } from '../served-entry.ts'
import { validateUpdate } from '../validate-object.ts'
import { isFinished } from './deletion.ts'
import type { Written } from './written.ts'

export interface UpdateWrite extends WriteContext {
  key: ObjectKey
  /** The new object from the current one, which must not be changed. Called again when the object has moved on. */
  change(current: KubeObject): KubeObject | Promise<KubeObject>
  /** A PUT: the change is a whole new object as the client sent it. */
  replaces?: boolean
}

/** undefined when there is no such object. Throws StatusError. */
export function updateObject(context: ServerContext, write: UpdateWrite): Promise<Written | undefined> {
  return withAdmission(context.admission, write.dryRun, admission =>
    write.dryRun ? dryRun(context, write, admission) : stored(context, write, admission),
  )
}

/** Thrown by a change that leaves nothing: the last finalizer of an object in deletion is gone. */
class NothingLeft extends Error {
  readonly entry: CacheEntry
  readonly object: KubeObject

  constructor(entry: CacheEntry, object: KubeObject) {
    super('nothing is left of the object')
    this.entry = entry
    this.object = object
  }
}

async function stored(
  context: ServerContext,
  write: UpdateWrite,
  admission: AdmissionRun,
): Promise<Written | undefined> {
  const key = storageKey(write.def, write.key)
  const change = async (_: KubeObject, entry: CacheEntry) => {
    const object = await changed(context, write, servedAs(write.def, entry).object, admission)
    if (isFinished(write.def, object)) throw new NothingLeft(entry, object)
    return toStored(write.def, object)
  }
  for (let cached = context.cache.get(key); ; cached = undefined) {
    try {
      const entry = await context.store.update(key, change, { cached, ...write.def.storage })
      return entry && { entry: servedAs(write.def, entry) }
    } catch (error) {
      if (!(error instanceof NothingLeft)) throw error
      const removed = await context.store.delete(key, error.entry.revision)
      if (removed.ok) return { object: error.object }
    }
  }
}

async function dryRun(
  context: ServerContext,
  write: UpdateWrite,
  admission: AdmissionRun,
): Promise<Written | undefined> {
  const entry = await context.store.get(storageKey(write.def, write.key))
  return entry && { object: await changed(context, write, servedAs(write.def, entry).object, admission) }
}

async function changed(
  { clock, registry }: ServerContext,
  write: UpdateWrite,
  current: KubeObject,
  admission: AdmissionRun,
): Promise<KubeObject> {
  const { def, subresource, manager } = write
  const object = await write.change(current)
  if (write.replaces) dropDuplicateOwners(object, write.warnings, 'before admission')
  if (manager !== undefined) track({ registry, def, subresource, manager, nowMs: clock.now() }, current, object)
  checkVersion(def, object, current)
  await admission.mutate(admissionRequest(write, 'UPDATE', write.key, { object, oldObject: current }))
  dropDuplicateOwners(object, write.warnings, 'after admission')
  prepare(write, object, current, clock.now())
  const errors = validateUpdate(def, write.subresource, object, current)
  if (errors.length > 0) throw invalidObject(def.subresources?.[subresource]?.kind ?? def, write.key.name, errors)
  write.warnings.push(...(def.strategy?.warnings?.(object, current) ?? []))
  await admission.validate(object)
  if (isSameButForTimes(object, current)) object.metadata.managedFields = current.metadata.managedFields ?? []
  return object
}

/** The writer must have seen the current object, if it says what it has seen. */
function checkVersion(def: ResourceDefinition, { metadata }: KubeObject, current: KubeObject): void {
  const name = current.metadata.name ?? ''
  const isUnconditional = !metadata.resourceVersion || metadata.resourceVersion === '0'
  if (isUnconditional && def.strategy?.allowUnconditionalUpdate === false) {
    // Upstream names the resource here where every other error names the kind.
    const named = { group: def.group, plural: def.plural, kind: def.plural }
    throw invalidObject(named, name, [invalid('metadata.resourceVersion', 0, 'must be specified for an update')])
  }
  if (!isUnconditional && metadata.resourceVersion !== current.metadata.resourceVersion) throw staleVersion(def, name)
}

/** The object that is replaced must be the one that was meant, if the new one says so by its uid. */
export function checkUid(def: ResourceDefinition, { metadata }: KubeObject, current: KubeObject): void {
  const { uid } = metadata
  if (!uid || uid === current.metadata.uid) return
  const key = `/registry/${storageKey(def, current.metadata as { name: string })}`
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`
  const what = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`
  throw conflict(def, current.metadata.name ?? '', what)
}

function prepare(
  { def, subresource, user }: UpdateWrite,
  object: KubeObject,
  current: KubeObject,
  nowMs: number,
): void {
  object.apiVersion = apiVersionOf(def)
  object.kind = def.kind
  keepSystemMetadata(object.metadata, current.metadata)
  object.metadata.resourceVersion = current.metadata.resourceVersion as string
  const view = subresource ? def.subresources?.[subresource] : undefined
  if (subresource) view?.prepareForUpdate?.(object, current)
  else def.strategy?.prepareForUpdate?.(object, current)
  view?.stamp?.(object, current, { user, nowMs })
  const { generation } = current.metadata
  if (def.tracksGeneration && object.metadata.generation === generation && specChanged(object, current)) {
    object.metadata.generation = (generation ?? 0) + 1
  }
}
