// Admission for what is written through a subresource with a handler of its own.

import type { KubeObject, ObjectKey } from '../../api/meta.ts'
import { admissionRequest, withAdmission } from '../admission-run.ts'
import type { ApiRequest } from '../chain.ts'
import type { ServerContext } from '../context.ts'

/** Runs `write` when all plugins agree. `body` is what the client sent, and may be changed. */
export function admitted<T>(
  request: ApiRequest,
  context: ServerContext,
  given: { body: KubeObject; dryRun: boolean },
  write: () => Promise<T>,
): Promise<T> {
  const { info, user, warnings } = request
  const def = context.registry.find(info.apiGroup, info.apiVersion, info.resource)
  if (!def) throw new Error(`${info.resource} are not served`)
  const key: ObjectKey = { name: info.name, ...(info.namespace ? { namespace: info.namespace } : {}) }
  return withAdmission(context.admission, given.dryRun, async admission => {
    const about = { def, subresource: info.subresource, user, dryRun: given.dryRun, warnings }
    await admission.mutate(admissionRequest(about, 'CREATE', key, { object: given.body }))
    await admission.validate(given.body)
    return write()
  })
}
