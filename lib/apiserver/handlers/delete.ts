// DELETE of one object.

import { conflict, notFound } from '../../api/errors.ts'
import type { KubeObject, ObjectKey } from '../../api/meta.ts'
import { storageKey } from '../../api/resource.ts'
import { toStored } from '../../api/stored.ts'
import type { CacheEntry } from '../../storage/entry.ts'
import { type AdmissionRun, admissionRequest, type WriteContext, withAdmission } from '../admission-run.ts'
import { answerObject, answerStatus } from '../answer.ts'
import type { ApiResponse } from '../chain.ts'
import type { ServerContext } from '../context.ts'
import { type DeleteOptions, readDeleteOptions } from '../delete-options.ts'
import { objectKeyOf, type ResourceHandler, type ResourceRequest } from '../resource-request.ts'
import { servedAs, servedIfAny } from '../served-entry.ts'
import { type DeletionStep, deletionStep } from './deletion.ts'

/** `del`, because the verb is a word of the language. */
export const del: ResourceHandler = async r => {
  const { request, def, subresource } = r
  const options = await readDeleteOptions(request)
  const write = { def, subresource, user: request.user, dryRun: options.dryRun, warnings: request.warnings }
  const { warning } = def.strategy?.orphansByDefault ?? {}
  const saysNothing = options.propagationPolicy === undefined && options.orphanDependents === undefined
  if (warning && saysNothing) request.warnings.push(warning)
  return answerDeleted(r, await deleteObject(r.context, write, objectKeyOf(r), options), options)
}

export interface Deleted {
  /** False: it is marked, and somebody must finish it. */
  isGone: boolean
  /** Nothing was to be done: the deletion was under way. */
  isPending: boolean
  /** Its last state. */
  object: KubeObject
}

/** Throws NotFound, Conflict when a precondition does not hold, and what admission says. */
export function deleteObject(
  context: ServerContext,
  write: WriteContext,
  key: ObjectKey,
  options: DeleteOptions,
): Promise<Deleted> {
  return withAdmission(context.admission, write.dryRun, async admission => {
    const at = storageKey(write.def, key)
    let entry = context.cache.get(at)
    for (let isFresh = false; ; isFresh = true) {
      entry = isFresh ? await context.store.get(at) : entry
      if (!entry && !isFresh) continue
      if (!entry) throw notFound(write.def, key.name)
      const outcome = await attempt(context, write, { entry, key, options, admission, isFresh })
      if (outcome) return outcome
    }
  })
}

interface Attempt {
  entry: CacheEntry
  key: ObjectKey
  options: DeleteOptions
  admission: AdmissionRun
  isFresh: boolean
}

/** undefined: the object has moved on, try with the current one. */
async function attempt(context: ServerContext, write: WriteContext, given: Attempt): Promise<Deleted | undefined> {
  const { entry, key, admission } = given
  const current = servedAs(write.def, entry).object
  const step = await decided(context, write, given)
  if (!step) return undefined
  if (step.step === 'pending') return { isGone: false, isPending: true, object: current }
  await admission.mutate(admissionRequest(write, 'DELETE', key, { oldObject: current }))
  await admission.validate(undefined)
  const isGone = step.step === 'remove'
  if (write.dryRun) return { isGone, isPending: false, object: step.object }
  if (isGone) {
    const result = await context.store.delete(entry.key, entry.revision)
    if (!result.ok) return undefined
    return { isGone, isPending: false, object: atRevision(step.object, result.revision) }
  }
  const marked = await replace(context, write, entry, step.object)
  return marked && { isGone, isPending: false, object: marked.object }
}

/** A precondition that fails on what the cache knows is asked again of what is really there. */
async function decided(
  { clock }: ServerContext,
  { def }: WriteContext,
  { entry, options, isFresh }: Attempt,
): Promise<DeletionStep | undefined> {
  try {
    const current = servedAs(def, entry).object
    checkPreconditions(def, current, options)
    return deletionStep(def, current, options, clock.now())
  } catch (error) {
    if (isFresh) throw error
    return undefined
  }
}

function checkPreconditions(
  def: WriteContext['def'],
  { metadata }: KubeObject,
  { preconditions }: DeleteOptions,
): void {
  const { uid, resourceVersion } = preconditions ?? {}
  const name = metadata.name ?? ''
  // Upstream names the kind here where every other error names the resource.
  const named = { group: def.group, plural: def.kind }
  if (uid && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`
    throw conflict(named, name, why)
  }
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`
    throw conflict(named, name, why)
  }
}

class Moved extends Error {}

/** Writes `object` if `entry` is still what stands there; undefined otherwise. */
async function replace(
  { store }: ServerContext,
  { def }: WriteContext,
  entry: CacheEntry,
  object: KubeObject,
): Promise<CacheEntry | undefined> {
  const change = (_: KubeObject, found: CacheEntry) => {
    if (found.revision !== entry.revision) throw new Moved()
    return toStored(def, object)
  }
  try {
    return servedIfAny(def, await store.update(entry.key, change, { cached: entry, ...def.storage }))
  } catch (error) {
    if (error instanceof Moved) return undefined
    throw error
  }
}

function atRevision(object: KubeObject, revision: bigint): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: `${revision}` } }
}

function answerDeleted(r: ResourceRequest, deleted: Deleted, options: DeleteOptions): Promise<ApiResponse> {
  const { def, request } = r
  const { object, isGone, isPending } = deleted
  const status = !isGone && options.orphanDependents === false ? 202 : 200
  const isShown = def.strategy?.returnsDeletedObject === true || (!isGone && !isPending)
  if (isShown) return answerObject(r, object, status)
  const details = {
    name: request.info.name,
    ...(def.group ? { group: def.group } : {}),
    kind: def.plural,
    uid: object.metadata.uid,
  }
  return answerStatus(r, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }, status)
}
