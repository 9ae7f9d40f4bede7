// Server-side apply: PATCH with a configuration that says all its author wants of an object, and nothing else. It
// creates the object when there is none. https://kubernetes.io/docs/reference/using-api/server-side-apply/

import { badRequest, conflict, hasReason, notFound, StatusError } from '../../api/errors.ts'
import type { KubeObject } from '../../api/meta.ts'
import { apiVersionOf } from '../../api/resource.ts'
import { applyConflict, ConflictsError } from '../../patch/conflicts.ts'
import { type AppliedObject, applyConfiguration } from '../../patch/field-manager.ts'
import type { JsonObject } from '../../patch/json.ts'
import { ShapeError } from '../../patch/shape.ts'
import type { ApiResponse } from '../chain.ts'
import { decodeKind, decodeObject } from '../decode.ts'
import { fieldWrite } from '../field-management.ts'
import { matchName, matchNamespace } from '../object-meta.ts'
import { namespaceOf, objectKeyOf, type ResourceRequest } from '../resource-request.ts'
import { strictWarnings } from '../strict-warnings.ts'
import type { PatchOptions } from '../write-options.ts'
import { type AppliedConfig, readConfig } from './apply-body.ts'
import { createObject } from './create.ts'
import { viewOfObject, viewWrite, viewWritten } from './subresource-view.ts'
import { authorizeCreate } from './update.ts'
import { type UpdateWrite, updateObject } from './update-object.ts'
import { answerWritten, type Written } from './written.ts'

export async function applyPatch(r: ResourceRequest, options: PatchOptions): Promise<ApiResponse> {
  const { request, def, subresource, context } = r
  const given = await readConfig(request)
  const write: UpdateWrite = {
    def,
    subresource,
    user: request.user,
    dryRun: options.dryRun,
    warnings: request.warnings,
    key: objectKeyOf(r),
    change: current => applied(r, options, given, current),
  }
  for (;;) {
    const written = await updateObject(context, write)
    if (written) return answerWritten(r, written)
    const created = await createApplied(r, write, options, given)
    if (created) return answerWritten(r, created, 201)
  }
}

/** undefined: somebody else was faster, and there is something to apply to. */
async function createApplied(
  r: ResourceRequest,
  write: UpdateWrite,
  options: PatchOptions,
  given: AppliedConfig,
): Promise<Written | undefined> {
  const { def, subresource, request, context } = r
  if (subresource) throw notFound(def, request.info.name)
  const object = applied(r, options, given, { apiVersion: apiVersionOf(def), kind: def.kind, metadata: {} })
  const { uid } = object.metadata
  if (uid) {
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`
    throw conflict(def, request.info.name, why)
  }
  await authorizeCreate(r)
  delete object.metadata.resourceVersion
  try {
    return await createObject(context, write, object, namespaceOf(r))
  } catch (error) {
    const isTaken = hasReason(error, 'AlreadyExists') && !error.message.startsWith('object is being deleted')
    if (!isTaken || write.dryRun) throw error
    return undefined
  }
}

/** The object after the configuration was applied to it. Throws StatusError. */
function applied(r: ResourceRequest, options: PatchOptions, given: AppliedConfig, current: KubeObject): KubeObject {
  const { def, subresource, request } = r
  const view = subresource ? def.subresources?.[subresource] : undefined
  const object = view?.kind ? appliedView(r, options, given, current) : appliedToObject(r, options, given, current)
  strictly(r, options, given)
  matchNamespace(def, object.metadata, namespaceOf(r))
  matchName(object.metadata, request.info.name)
  return object
}

function appliedToObject(
  { context, def, subresource, request }: ResourceRequest,
  { fieldManager, force }: PatchOptions,
  { config }: AppliedConfig,
  current: KubeObject,
): KubeObject {
  const { registry, clock } = context
  const write = fieldWrite({ registry, def, subresource, manager: fieldManager, nowMs: clock.now() })
  const { object, isLive } = explained(() => applyConfiguration({ write, kind: def, config, force }, current))
  if (isLive) return structuredClone(object) as unknown as KubeObject
  return decodeObject(object, def, {
    fieldValidation: 'Ignore',
    warnings: request.warnings,
    registry,
    refuse: why => cannotConvert(object, why),
  })
}

function appliedView(
  { context, def, subresource, request }: ResourceRequest,
  { fieldManager, force }: PatchOptions,
  { config }: AppliedConfig,
  current: KubeObject,
): KubeObject {
  const view = def.subresources?.[subresource]
  if (!view?.kind) throw new Error(`${subresource} shows no other kind`)
  const { kind } = view
  const write = viewWrite(kind, { manager: fieldManager, subresource, nowMs: context.clock.now() })
  const shown = viewOfObject(view, current)
  const { object } = explained(() => applyConfiguration({ write, kind, config, force }, shown))
  const decoded = decodeKind(object, kind, {
    fieldValidation: 'Ignore',
    warnings: request.warnings,
    refuse: why => cannotConvert(object, why),
  })
  return viewWritten(def, view, current, decoded)
}

/** What went wrong in applying, as upstream answers it. */
function explained(apply: () => AppliedObject): AppliedObject {
  try {
    return apply()
  } catch (error) {
    if (error instanceof StatusError) throw error
    if (error instanceof ConflictsError) throw applyConflict(error)
    if (error instanceof ShapeError)
      throw new StatusError(500, '', `failed to merge config: ${error.message}`, undefined, error)
    throw new StatusError(500, '', (error as Error).message, undefined, error)
  }
}

function cannotConvert({ apiVersion, kind, metadata }: JsonObject, why: string): StatusError {
  const { namespace = '', name = '' } = (metadata ?? {}) as { namespace?: string; name?: string }
  const slash = `${apiVersion}`.includes('/') ? '' : '/'
  const type = `${slash}${apiVersion}, Kind=${kind}`
  return new StatusError(
    500,
    '',
    `failed to convert new object (${namespace}/${name}; ${type}) to proper version: ${why}`,
  )
}

function strictly(
  { request }: ResourceRequest,
  { fieldValidation }: PatchOptions,
  { duplicates }: AppliedConfig,
): void {
  if (duplicates === undefined || fieldValidation === 'Ignore') return
  if (fieldValidation === 'Strict') throw badRequest(`error strict decoding YAML: ${duplicates}`)
  request.warnings.push(...strictWarnings(duplicates))
}
