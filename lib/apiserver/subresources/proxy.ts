// pods/proxy, services/proxy, nodes/proxy: HTTP to what runs in the cluster, with the API's authentication before it.

import type { ApiRequest } from '../chain.ts'
import type { ServerContext } from '../context.ts'
import type { Backend } from '../proxy/backend.ts'
import { forward } from '../proxy/forward.ts'
import { nodeBackend, podBackend, serviceBackend } from '../proxy/location.ts'
import { joinPath, proxiedPath } from '../proxy/target.ts'
import { connected } from './admit.ts'
import type { SubresourceRoute } from './subresource.ts'

type Locate = (context: ServerContext, request: ApiRequest) => Backend | Promise<Backend>

function proxy(resource: string, kindName: string, locate: Locate): SubresourceRoute {
  const kind = { group: '', version: 'v1', kind: kindName }
  return {
    group: '',
    resource,
    subresource: 'proxy',
    verbs: ['get', 'create', 'update', 'patch', 'delete'],
    connect: { methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'], takesPath: true },
    kind,
    async handle(request, context) {
      const path = proxiedPath(request.path, request.info.parts)
      await connected(request, context, { ...kind, path })
      await context.cache.fresh(request.signal)
      const backend = await locate(context, request)
      return forward(request, backend, path === '' ? '' : joinPath('', path))
    },
  }
}

export const podProxy = proxy('pods', 'PodProxyOptions', (context, { info }) =>
  podBackend(context, info.namespace, info.name),
)

export const serviceProxy = proxy('services', 'ServiceProxyOptions', (context, { info }) =>
  serviceBackend(context, info.namespace, info.name),
)

export const nodeProxy = proxy('nodes', 'NodeProxyOptions', (context, { info }) => nodeBackend(context, info.name))
