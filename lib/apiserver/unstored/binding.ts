// POST of a Binding to a namespace: the older way to say what pods/<name>/binding says. The pod has the binding's name.

import { badRequest } from '../../api/errors.ts'
import { type Binding, bindings } from '../../kinds/core/binding.ts'
import { readObject } from '../decode.ts'
import { matchNamespace } from '../object-meta.ts'
import { namespaceOf, type ResourceHandler } from '../resource-request.ts'
import { bindPod } from '../subresources/binding.ts'
import { writeOptions } from '../write-options.ts'
import type { UnstoredKind } from './unstored-kind.ts'

const create: ResourceHandler = async r => {
  const { request, def, context } = r
  const options = writeOptions(request.query, 'CreateOptions')
  const body = (await readObject(request, def, { ...options, registry: context.registry })) as Binding
  matchNamespace(def, body.metadata, namespaceOf(r))
  const { name } = body.metadata
  if (!name) throw badRequest('Name parameter required.')
  return bindPod({ ...request, info: { ...request.info, name } }, context, body, options.dryRun)
}

export const bindingHandlers: UnstoredKind = { resource: bindings, handlers: { create } }
