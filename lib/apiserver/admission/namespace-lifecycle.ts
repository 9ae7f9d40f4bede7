// Nothing is made in a namespace that does not exist or is going away, and the namespaces of the system stay.

import { notFound } from '../../api/errors.ts'
import { type Namespace, namespaces } from '../../kinds/core/namespace.ts'
import type { StorageContext } from '../context.ts'
import type { AdmissionPlugin, AdmissionRequest } from './plugin.ts'
import { isFor, refused } from './refusal.ts'

const immortal = ['default', 'kube-system', 'kube-public']

export function namespaceLifecycle({ cache, store }: Pick<StorageContext, 'cache' | 'store'>): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    handles: request => request.operation !== 'CONNECT',
    validate: refuseImmortal,
    // Before all other steps, so that the answer is about the namespace and not about what it lacks.
    async mutate(request) {
      if (isFor(request, '', 'namespaces')) return
      // Whatever is left in a namespace may always be deleted; asking a question makes nothing.
      if (!request.namespace || request.operation === 'DELETE') return
      if (request.resource.plural === 'localsubjectaccessreviews') return
      const key = `namespaces/${request.namespace}`
      // A namespace made through another API server a moment ago is not in memory yet.
      const entry = cache.get(key) ?? (await store.get(key))
      if (!entry) throw notFound(namespaces, request.namespace)
      const { status } = entry.object as Namespace
      if (request.operation === 'CREATE' && status?.phase === 'Terminating') throw terminating(request)
    },
  }
}

function refuseImmortal(request: AdmissionRequest): void {
  if (request.operation !== 'DELETE' || !isFor(request, '', 'namespaces') || !immortal.includes(request.name)) return
  throw refused(request, 'this namespace may not be deleted')
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
