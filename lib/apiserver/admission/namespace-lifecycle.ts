// Nothing is made in a namespace that does not exist or is going away, and the namespaces of the system stay.

import { notFound } from '../../api/errors.ts'
import { type Namespace, namespaces } from '../../kinds/core/namespace.ts'
import type { StorageContext } from '../context.ts'
import type { AdmissionPlugin, AdmissionRequest } from './plugin.ts'
import { isFor, refused } from './refusal.ts'

const immortal = ['default', 'kube-system', 'kube-public']

/** How long after a namespace's deletion memory is not believed: it hears of it a moment later. */
const askAnewMs = 30_000

export function namespaceLifecycle(context: Pick<StorageContext, 'cache' | 'store' | 'clock'>): AdmissionPlugin {
  const { cache, store, clock } = context
  /** Namespaces deleted through this server lately, and until when they are looked up in the store. */
  const leaving = new Map<string, number>()
  const isLeaving = (name: string) => {
    for (const [other, untilMs] of leaving) if (untilMs <= clock.now()) leaving.delete(other)
    return leaving.has(name)
  }
  return {
    name: 'NamespaceLifecycle',
    handles: request => request.operation !== 'CONNECT',
    validate(request) {
      if (request.operation !== 'DELETE' || !isFor(request, '', 'namespaces')) return
      if (immortal.includes(request.name)) throw refused(request, 'this namespace may not be deleted')
      leaving.set(request.name, clock.now() + askAnewMs)
    },
    // Before all other steps, so that the answer is about the namespace and not about what it lacks.
    async mutate(request) {
      if (isFor(request, '', 'namespaces')) return
      // Whatever is left in a namespace may always be deleted; asking a question makes nothing.
      if (!request.namespace || request.operation === 'DELETE') return
      if (request.resource.plural === 'localsubjectaccessreviews') return
      const key = `namespaces/${request.namespace}`
      // A namespace made through another API server a moment ago is not in memory yet.
      const known = isLeaving(request.namespace) ? undefined : cache.get(key)
      const entry = known ?? (await store.get(key))
      if (!entry) throw notFound(namespaces, request.namespace)
      const { status } = entry.object as Namespace
      if (request.operation === 'CREATE' && status?.phase === 'Terminating') throw terminating(request)
    },
  }
}

function terminating(request: AdmissionRequest) {
  const { namespace } = request
  const refusal = refused(
    request,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  )
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  }
  if (refusal.details) refusal.details.causes = [cause]
  return refusal
}
