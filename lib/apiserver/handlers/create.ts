// POST to a collection.

import { alreadyExists, StatusError } from '../../api/errors.ts'
import { invalidObject } from '../../api/field-errors.ts'
import type { KubeObject } from '../../api/meta.ts'
import { apiVersionOf, storageKey } from '../../api/resource.ts'
import { toStored } from '../../api/stored.ts'
import type { CacheEntry } from '../../storage/entry.ts'
import { type AdmissionRun, admissionRequest, type WriteContext, withAdmission } from '../admission-run.ts'
import type { ServerContext, StorageContext } from '../context.ts'
import { readObject } from '../decode.ts'
import { fieldManagerOf, track } from '../field-management.ts'
import { fillSystemMetadata, generateName, matchNamespace, wipeSystemMetadata } from '../object-meta.ts'
import { dropDuplicateOwners } from '../owner-references.ts'
import { namespaceOf, type ResourceHandler } from '../resource-request.ts'
import { servedAs } from '../served-entry.ts'
import { validateCreate } from '../validate-object.ts'
import { writeOptions } from '../write-options.ts'
import { answerWritten, type Written } from './written.ts'

/** How often a generated name may be taken already. */
const maxNames = 8

export const create: ResourceHandler = async r => {
  const { request, def, subresource } = r
  const options = writeOptions(request.query, 'CreateOptions')
  const object = await readObject(request, def, { ...options, registry: r.context.registry })
  const write = {
    def,
    subresource,
    user: request.user,
    dryRun: options.dryRun,
    warnings: request.warnings,
    manager: fieldManagerOf(request, options),
  }
  return answerWritten(r, await createObject(r.context, write, object, namespaceOf(r)), 201)
}

/** The whole way of a new object that was decoded and defaulted. Takes the object over. Throws StatusError. */
export function createObject(
  context: ServerContext,
  write: WriteContext,
  object: KubeObject,
  namespace: string,
): Promise<Written> {
  const { metadata } = object
  wipeSystemMetadata(metadata)
  matchNamespace(write.def, metadata, namespace)
  if (metadata.resourceVersion) {
    throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created')
  }
  const { def, manager } = write
  dropDuplicateOwners(object, write.warnings, 'before admission')
  if (manager !== undefined) {
    track({ registry: context.registry, def, subresource: '', manager, nowMs: context.clock.now() }, undefined, object)
  }
  return withAdmission(context.admission, write.dryRun, async admission => {
    const key = { name: metadata.name ?? '', ...(namespace ? { namespace } : {}) }
    await admission.mutate(admissionRequest(write, 'CREATE', key, { object }))
    dropDuplicateOwners(object, write.warnings, 'after admission')
    return storeNew(context, write, object, admission)
  })
}

/** Tries other names while generated ones are taken. */
async function storeNew(
  context: StorageContext,
  write: WriteContext,
  mutated: KubeObject,
  admission: AdmissionRun,
): Promise<Written> {
  const { def } = write
  const base = mutated.metadata.name ? undefined : mutated.metadata.generateName
  for (let attempt = 1; ; attempt++) {
    const object = base ? structuredClone(mutated) : mutated
    if (base) object.metadata.name = generateName(base)
    await finish(context, write, object, admission)
    if (write.dryRun) return dryRun(context, write, object)
    const key = storageKey(def, object.metadata as { name: string })
    const result = await context.store.create(key, toStored(def, object), def.storage ?? {})
    if (result.ok) return { entry: servedAs(def, result.entry) }
    if (!base || attempt === maxNames) throw taken(def, result.existing, base)
  }
}

async function finish(
  context: StorageContext,
  { def, warnings, user }: WriteContext,
  object: KubeObject,
  admission: AdmissionRun,
): Promise<void> {
  object.apiVersion = apiVersionOf(def)
  object.kind = def.kind
  fillSystemMetadata(object.metadata, context.clock.now())
  if (def.tracksGeneration) object.metadata.generation = 1
  def.strategy?.prepareForCreate?.(object)
  def.strategy?.stamp?.(object, { user, nowMs: context.clock.now() })
  const errors = validateCreate(def, object)
  if (errors.length > 0) throw invalidObject(def, object.metadata.name ?? '', errors)
  warnings.push(...(def.strategy?.warnings?.(object) ?? []))
  await admission.validate(object)
}

function dryRun({ cache }: StorageContext, { def }: WriteContext, object: KubeObject): Written {
  const existing = cache.get(storageKey(def, object.metadata as { name: string }))
  if (existing) throw taken(def, existing, undefined)
  return { object }
}

function taken(def: WriteContext['def'], existing: CacheEntry, base: string | undefined): StatusError {
  const { name = '', deletionTimestamp } = existing.object.metadata
  if (base) {
    return new StatusError(
      409,
      'AlreadyExists',
      `${alreadyExists(def, name).message}, the server was not able to generate a unique name for the object`,
      { ...alreadyExists(def, name).details, retryAfterSeconds: 1 },
    )
  }
  const error = alreadyExists(def, name)
  if (!deletionTimestamp) return error
  return new StatusError(409, 'AlreadyExists', `object is being deleted: ${error.message}`, error.details)
}
