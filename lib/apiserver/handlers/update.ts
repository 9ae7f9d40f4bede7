// PUT: the object is replaced, or created where the kind allows it.

import { notFound } from '../../api/errors.ts'
import type { KubeObject } from '../../api/meta.ts'
import { trackUpdate } from '../../patch/field-manager.ts'
import { readKind, readObject } from '../decode.ts'
import { fieldManagerOf } from '../field-management.ts'
import { refusal } from '../filters/authorization.ts'
import { matchName, matchNamespace } from '../object-meta.ts'
import { namespaceOf, objectKeyOf, type ResourceHandler, type ResourceRequest } from '../resource-request.ts'
import { writeOptions } from '../write-options.ts'
import { createObject } from './create.ts'
import { viewOfObject, viewWrite, viewWritten } from './subresource-view.ts'
import { checkUid, type UpdateWrite, updateObject } from './update-object.ts'
import { answerWritten, type Written } from './written.ts'

export const update: ResourceHandler = async r => {
  const { request, def, subresource, context } = r
  const options = writeOptions(request.query, 'UpdateOptions')
  const decoding = { ...options, registry: context.registry }
  const view = subresource ? def.subresources?.[subresource] : undefined
  const submitted = view?.kind ? await readKind(request, view.kind, decoding) : await readObject(request, def, decoding)
  matchNamespace(def, submitted.metadata, namespaceOf(r))
  matchName(submitted.metadata, request.info.name)
  const write: UpdateWrite = {
    def,
    subresource,
    user: request.user,
    dryRun: options.dryRun,
    warnings: request.warnings,
    key: objectKeyOf(r),
    replaces: true,
    ...changeOf(r, fieldManagerOf(request, options), submitted),
  }
  const written = await updateObject(context, write)
  if (written) return answerWritten(r, written)
  return answerWritten(r, await createInstead(r, write, submitted), 201)
}

/** What becomes of the current object, and by whom: the owners of what a view shows are seen to with the view. */
function changeOf(
  { def, subresource, context }: ResourceRequest,
  manager: string,
  submitted: KubeObject,
): Pick<UpdateWrite, 'change' | 'manager'> {
  const view = subresource ? def.subresources?.[subresource] : undefined
  const { kind } = view ?? {}
  if (!view || !kind) {
    return {
      manager,
      change(current) {
        checkUid(def, submitted, current)
        return structuredClone(submitted)
      },
    }
  }
  return {
    change(current) {
      checkUid(def, submitted, current)
      const next = structuredClone(submitted)
      const write = viewWrite(kind, { manager, subresource, nowMs: context.clock.now() })
      trackUpdate(write, viewOfObject(view, current), next)
      return viewWritten(def, view, current, next)
    },
  }
}

async function createInstead(r: ResourceRequest, write: UpdateWrite, submitted: KubeObject): Promise<Written> {
  const { request, def, context, subresource } = r
  if (!def.strategy?.allowCreateOnUpdate || subresource) throw notFound(def, request.info.name)
  await authorizeCreate(r)
  delete submitted.metadata.resourceVersion
  return createObject(context, write, submitted, namespaceOf(r))
}

/** Whoever creates by updating or applying must be allowed to create. Throws Forbidden. */
export async function authorizeCreate({ request, context }: ResourceRequest): Promise<void> {
  const info = { ...request.info, verb: 'create' }
  const { decision, reason } = await context.authorizer(request.user, info)
  if (decision !== 'allow') throw refusal(request.user, info, reason)
}
