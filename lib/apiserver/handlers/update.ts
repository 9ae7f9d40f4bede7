// PUT: the object is replaced, or created where the kind allows it.

import { notFound } from '../../api/errors.ts'
import type { KubeObject } from '../../api/meta.ts'
import { readKind, readObject } from '../decode.ts'
import { refusal } from '../filters/authorization.ts'
import { matchName, matchNamespace } from '../object-meta.ts'
import { namespaceOf, objectKeyOf, type ResourceHandler, type ResourceRequest } from '../resource-request.ts'
import { writeOptions } from '../write-options.ts'
import { createObject } from './create.ts'
import { type UpdateWrite, updateObject } from './update-object.ts'
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
    change: current => (view?.write ? viewWritten(view, current, submitted) : structuredClone(submitted)),
  }
  const written = await updateObject(context, write)
  if (written) return answerWritten(r, written)
  return answerWritten(r, await createInstead(r, write, submitted), 201)
}

/** The object with a changed view; the view's resourceVersion and uid count as the object's. */
export function viewWritten(
  view: NonNullable<ResourceRequest['def']['subresources']>[string],
  current: KubeObject,
  submitted: KubeObject,
): KubeObject {
  const changed = view.write?.(structuredClone(current), submitted) ?? structuredClone(current)
  const { resourceVersion, uid } = submitted.metadata
  delete changed.metadata.resourceVersion
  if (resourceVersion) changed.metadata.resourceVersion = resourceVersion
  if (uid) changed.metadata.uid = uid
  return changed
}

async function createInstead(r: ResourceRequest, write: UpdateWrite, submitted: KubeObject): Promise<Written> {
  const { request, def, context, subresource } = r
  if (!def.strategy?.allowCreateOnUpdate || subresource) throw notFound(def, request.info.name)
  const info = { ...request.info, verb: 'create' }
  const { decision, reason } = await context.authorizer(request.user, info)
  if (decision !== 'allow') throw refusal(request.user, info, reason)
  delete submitted.metadata.resourceVersion
  return createObject(context, write, submitted, namespaceOf(r))
}
