// PATCH: the current object with a change applied. When somebody else writes in between, the change is applied anew.

import { notFound, type StatusError } from '../../api/errors.ts'
import { invalid, invalidObject } from '../../api/field-errors.ts'
import type { KubeObject } from '../../api/meta.ts'
import { trackUpdate } from '../../patch/field-manager.ts'
import { isObject, type Json, type JsonObject, printed } from '../../patch/json.ts'
import { type DecodeOptions, decodeKind, decodeObject } from '../decode.ts'
import { fieldManagerOf } from '../field-management.ts'
import { contentTypeOf, unknownFormat } from '../negotiate.ts'
import { matchName, matchNamespace } from '../object-meta.ts'
import { objectKeyOf, type ResourceHandler, type ResourceRequest } from '../resource-request.ts'
import { patchOptions } from '../write-options.ts'
import { applyPatch } from './apply.ts'
import { type PatchMediaType, patchMediaTypesOf, readPatch } from './patch-body.ts'
import { viewOfObject, viewWrite, viewWritten } from './subresource-view.ts'
import { type UpdateWrite, updateObject } from './update-object.ts'
import { answerWritten } from './written.ts'

export const patch: ResourceHandler = async r => {
  const { request, def, subresource } = r
  const taken = patchMediaTypesOf(def)
  const type = taken.find(known => known === contentTypeOf(request))
  if (!type) throw unknownFormat(taken)
  const isApply = type === 'application/apply-patch+yaml'
  const options = patchOptions(request.query, isApply)
  if (isApply) return applyPatch(r, options)
  const manager = fieldManagerOf(request, options)
  const apply = await patcher(r, type, manager)
  const decodeOptions = { ...options, warnings: request.warnings, registry: r.context.registry }
  const write: UpdateWrite = {
    def,
    subresource,
    user: request.user,
    dryRun: options.dryRun,
    warnings: request.warnings,
    key: objectKeyOf(r),
    ...(subresource && def.subresources?.[subresource]?.kind ? {} : { manager }),
    change: current => apply(current, decodeOptions),
  }
  const written = await updateObject(r.context, write)
  if (!written) throw notFound(def, request.info.name)
  return answerWritten(r, written)
}

/** A function from the current object to the patched one, decoded and defaulted. */
async function patcher(
  { request, def, subresource, context }: ResourceRequest,
  type: PatchMediaType,
  manager: string,
): Promise<(current: KubeObject, options: DecodeOptions) => KubeObject> {
  const view = subresource ? def.subresources?.[subresource] : undefined
  const { kind } = view ?? {}
  const { document, duplicates = [], problems = [], apply } = await readPatch(request, type, kind?.schema ?? def.schema)
  const patched = (object: KubeObject) => asObject(apply(object as unknown as JsonObject))
  const refusing = (result: JsonObject, options: DecodeOptions): DecodeOptions => ({
    ...options,
    duplicates,
    strictErrors: problems,
    refuse: why =>
      invalidPatch(type === 'application/strategic-merge-patch+json' ? printed(document) : JSON.stringify(result), why),
  })
  const matched = (object: KubeObject) => {
    matchNamespace(def, object.metadata, request.info.namespace)
    matchName(object.metadata, request.info.name)
    return object
  }
  return (current, options) => {
    const shown = view && kind ? viewOfObject(view, current) : current
    const result = patched(shown)
    if (!view || !kind) return matched(decodeObject(result, def, refusing(result, options)))
    const next = matched(decodeKind(result, kind, refusing(result, options)))
    trackUpdate(viewWrite(kind, { manager, subresource, nowMs: context.clock.now() }), shown, next)
    return viewWritten(def, view, current, next)
  }
}

function asObject(patched: Json): JsonObject {
  if (isObject(patched)) return patched
  throw invalidPatch(JSON.stringify(patched), 'the patched value is no object')
}

/** What upstream says when the patched object cannot be read. */
function invalidPatch(shown: string, why: string): StatusError {
  return invalidObject({ group: '', plural: '', kind: '' }, '', [invalid('patch', shown, why)])
}
