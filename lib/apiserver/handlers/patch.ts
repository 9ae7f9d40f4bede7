// PATCH: the current object with a change applied. When somebody else writes in between, the change is applied anew.

import { notFound } from '../../api/errors.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { JsonObject } from '../../patch/json.ts'
import { type DecodeOptions, decodeKind, decodeObject } from '../decode.ts'
import { contentTypeOf, unknownFormat } from '../negotiate.ts'
import { objectKeyOf, type ResourceHandler, type ResourceRequest } from '../resource-request.ts'
import { writeOptions } from '../write-options.ts'
import { type PatchMediaType, patchMediaTypes, readPatch } from './patch-body.ts'
import { viewWritten } from './update.ts'
import { type UpdateWrite, updateObject } from './update-object.ts'
import { answerWritten } from './written.ts'

export const patch: ResourceHandler = async r => {
  const { request, def, subresource } = r
  const type = patchMediaTypes.find(known => known === contentTypeOf(request))
  if (!type) throw unknownFormat(patchMediaTypes)
  const options = writeOptions(request.query, 'PatchOptions')
  const apply = await patcher(r, type)
  const decodeOptions = { ...options, warnings: request.warnings, registry: r.context.registry }
  const write: UpdateWrite = {
    def,
    subresource,
    user: request.user,
    dryRun: options.dryRun,
    warnings: request.warnings,
    key: objectKeyOf(r),
    change: current => apply(current, decodeOptions),
  }
  const written = await updateObject(r.context, write)
  if (!written) throw notFound(def, request.info.name)
  return answerWritten(r, written)
}

/** A function from the current object to the patched one, decoded and defaulted. */
async function patcher(
  { request, def, subresource }: ResourceRequest,
  type: PatchMediaType,
): Promise<(current: KubeObject, options: DecodeOptions) => KubeObject> {
  const view = subresource ? def.subresources?.[subresource] : undefined
  const body = await readPatch(request, type, view?.kind?.schema ?? def.schema)
  return (current, options) => {
    const { kind: viewKind, read } = view ?? {}
    if (view && viewKind && read) {
      const patched = body(read(structuredClone(current)) as unknown as JsonObject) as JsonObject
      return viewWritten(view, current, decodeKind(patched, viewKind, options))
    }
    return decodeObject(body(current as unknown as JsonObject), def, options)
  }
}
