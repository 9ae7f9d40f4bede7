// Puts an object where it must stand, by way of its kind's defaults and strategy, and writes nothing when all is well.
// Only for what the server itself needs before anyone can ask it for anything.

import { randomUUID } from 'node:crypto'
import type { KubeObject } from '../../api/meta.ts'
import { type ResourceDefinition, storageKey } from '../../api/resource.ts'
import { rfc3339 } from '../../util/clock.ts'
import type { StorageContext } from '../context.ts'
import { serverManager, track } from '../field-management.ts'

/** `reconcile` is asked when there is one already: the same object when nothing is wrong with it, else a new one. */
export async function ensure<T extends KubeObject>(
  context: StorageContext,
  def: ResourceDefinition<T>,
  wanted: T,
  reconcile: (current: T, wanted: T) => T = current => current,
): Promise<void> {
  const { name = '', namespace } = wanted.metadata
  const key = storageKey(def as unknown as ResourceDefinition, { name, ...(namespace ? { namespace } : {}) })
  const cached = context.cache.get(key)
  const isRight = (object: KubeObject) => reconcile(object as T, wanted) === object
  if (cached && isRight(cached.object)) return
  if (!cached) {
    const created = await context.store.create(key, newObject(context, def, wanted))
    if (created.ok || isRight(created.existing.object)) return
  }
  const change = (current: KubeObject) => owned(context, def, current, reconcile(current as T, wanted))
  await context.store.update(key, change, { cached })
}

/** `next` with its fields' owners: the server, of what it changes. The same object when it changes nothing. */
function owned<T extends KubeObject>(
  { registry, clock }: StorageContext,
  def: ResourceDefinition<T>,
  current: KubeObject | undefined,
  next: T,
): T {
  if (next === current) return next
  const object = { ...next, metadata: { ...next.metadata } }
  const kind = def as unknown as ResourceDefinition
  track({ registry, def: kind, subresource: '', manager: serverManager, nowMs: clock.now() }, current, object)
  return object
}

/** Not validated: an address of this machine, refused where users give one, is where a test's server can be reached. */
function newObject<T extends KubeObject>(context: StorageContext, def: ResourceDefinition<T>, wanted: T): T {
  const object = structuredClone(wanted)
  def.defaults?.(object)
  object.metadata = { ...object.metadata, uid: randomUUID(), creationTimestamp: rfc3339(context.clock.now()) }
  if (def.tracksGeneration) object.metadata.generation = 1
  return owned(context, def, undefined, object)
}
