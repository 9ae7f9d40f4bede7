// pods/exec, attach and portforward: streams between the client and the kubelet of the pod's node. The server checks who
// asks for what and joins the connections; what goes over them (WebSocket or SPDY) is theirs.

import { badRequest, forbidden, notFound } from '../../api/errors.ts'
import { storageKey } from '../../api/resource.ts'
import { type Pod, pods } from '../../kinds/core/pod.ts'
import type { ApiRequest } from '../chain.ts'
import type { ServerContext } from '../context.ts'
import { kubeletBackend } from '../kubelet-connection.ts'
import { forwardUpgrade } from '../proxy/upgrade.ts'
import { connected } from './admit.ts'
import { containerOf } from './pod-container.ts'
import { attachOptions, execOptions, portForwardOptions, type StreamOptions } from './stream-options.ts'
import type { SubresourceRoute } from './subresource.ts'

interface StreamKind {
  kind: string
  /** What the kubelet calls it. */
  kubeletPath: string
  read(query: URLSearchParams): StreamOptions
}

function stream(subresource: string, { kind: kindName, kubeletPath, read }: StreamKind): SubresourceRoute {
  const kind = { group: '', version: 'v1', kind: kindName }
  return {
    group: '',
    resource: 'pods',
    subresource,
    verbs: ['get', 'create'],
    connect: { methods: ['GET', 'POST'], takesPath: false },
    kind,
    async handle(request, context) {
      const { namespace, name } = request.info
      const { options, query } = read(request.query)
      await connected(request, context, { ...kind, ...options })
      await mustBeAllowedToCreate(request, context)
      await context.cache.fresh(request.signal)
      const pod = context.cache.get(storageKey(pods, { namespace, name }))?.object as Pod | undefined
      if (!pod) throw notFound(pods, name)
      const container = 'container' in options ? `/${containerOf(pod, options.container)}` : ''
      if (!pod.spec?.nodeName) throw badRequest(`pod ${name} does not have a host assigned`)
      const path = `/${kubeletPath}/${namespace}/${name}${container}`
      const backend = kubeletBackend(context, pod.spec.nodeName)
      return forwardUpgrade(request, backend, query.size > 0 ? `${path}?${query}` : path)
    },
  }
}

/** A WebSocket begins with GET, which must not let somebody in who may only look. KEP-4006. */
async function mustBeAllowedToCreate({ user, info }: ApiRequest, { authorizer }: ServerContext): Promise<void> {
  if (info.verb === 'create') return
  const { decision, reason } = await authorizer(user, { ...info, verb: 'create' })
  if (decision !== 'allow') throw forbidden({ group: '', plural: 'pods' }, info.name, reason ?? '')
}

export const podExec = stream('exec', { kind: 'PodExecOptions', kubeletPath: 'exec', read: execOptions })
export const podAttach = stream('attach', { kind: 'PodAttachOptions', kubeletPath: 'attach', read: attachOptions })
export const podPortForward = stream('portforward', {
  kind: 'PodPortForwardOptions',
  kubeletPath: 'portForward',
  read: portForwardOptions,
})
