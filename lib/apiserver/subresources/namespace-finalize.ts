// PUT of a namespace's finalizers: the only way to change spec.finalizers, and with the last of them a namespace in
// deletion goes.

import { notFound } from '../../api/errors.ts'
import { type Namespace, namespaces } from '../../kinds/core/namespace.ts'
import { readObject } from '../decode.ts'
import { fieldManagerOf } from '../field-management.ts'
import { updateObject } from '../handlers/update-object.ts'
import { objectOf } from '../handlers/written.ts'
import { matchName } from '../object-meta.ts'
import { jsonResponse } from '../responses.ts'
import { writeOptions } from '../write-options.ts'
import type { SubresourceRoute } from './subresource.ts'

export const namespaceFinalize: SubresourceRoute = {
  group: '',
  resource: 'namespaces',
  subresource: 'finalize',
  verbs: ['update'],
  async handle(request, context) {
    const options = writeOptions(request.query, 'UpdateOptions')
    const submitted = await readObject(request, namespaces, options)
    matchName(submitted.metadata, request.info.name)
    const written = await updateObject(context, {
      def: namespaces,
      subresource: 'finalize',
      key: { name: request.info.name },
      user: request.user,
      dryRun: options.dryRun,
      warnings: request.warnings,
      manager: fieldManagerOf(request, options),
      change: current => withFinalizers(current as Namespace, submitted),
    })
    if (!written) throw notFound(namespaces, request.info.name)
    return jsonResponse(objectOf(written))
  },
}

function withFinalizers(current: Namespace, { spec, metadata }: Namespace): Namespace {
  const { resourceVersion = '', uid } = metadata
  const changed = structuredClone(current)
  changed.spec = { ...changed.spec, finalizers: spec?.finalizers ?? [] }
  changed.metadata = { ...changed.metadata, resourceVersion, ...(uid ? { uid } : {}) }
  return changed
}
