// Admission for what is written through a subresource with a handler of its own.

import { type KubeObject, type ObjectKey, toApiVersion } from '../../api/meta.ts'
import type { AdmissionRequest } from '../admission/plugin.ts'
import { type AdmissionRun, admissionRequest, withAdmission } from '../admission-run.ts'
import type { ApiRequest } from '../chain.ts'
import type { ServerContext } from '../context.ts'

/** Runs `write` when all plugins agree. `body` is what the client sent, and may be changed. */
export function admitted<T>(
  request: ApiRequest,
  context: ServerContext,
  given: { body: KubeObject; dryRun: boolean },
  write: () => Promise<T>,
): Promise<T> {
  return withAdmission(context.admission, given.dryRun, async admission => {
    await pass(admission, request, context, { ...given, operation: 'CREATE' })
    return write()
  })
}

/** Throws when a plugin refuses this connection. `options` are the query, as a kind of its own. */
export function connected(
  request: ApiRequest,
  context: ServerContext,
  options: { group: string; version: string; kind: string; [field: string]: unknown },
): Promise<void> {
  const { group, version, ...fields } = options
  const body = { ...fields, apiVersion: toApiVersion(group, version), metadata: {} }
  const given = { body, dryRun: false, operation: 'CONNECT' } as const
  return withAdmission(context.admission, false, admission => pass(admission, request, context, given))
}

async function pass(
  admission: AdmissionRun,
  { info, user, warnings }: ApiRequest,
  { registry }: ServerContext,
  { body, dryRun, operation }: { body: KubeObject; dryRun: boolean; operation: AdmissionRequest['operation'] },
): Promise<void> {
  const def = registry.find(info.apiGroup, info.apiVersion, info.resource)
  if (!def) throw new Error(`${info.resource} are not served`)
  const key: ObjectKey = { name: info.name, ...(info.namespace ? { namespace: info.namespace } : {}) }
  const about = { def, subresource: info.subresource, user, dryRun, warnings }
  await admission.mutate(admissionRequest(about, operation, key, { object: body }))
  await admission.validate(body)
}
