// Every subresource with a handler of its own: one line each.

import { binding } from './binding.ts'
import { eviction } from './eviction.ts'
import { podLog } from './log.ts'
import { namespaceFinalize } from './namespace-finalize.ts'
import { podAttach, podExec, podPortForward } from './pod-stream.ts'
import { nodeProxy, podProxy, serviceProxy } from './proxy.ts'
import type { SubresourceRoute } from './subresource.ts'
import { token } from './token.ts'

export const subresources: SubresourceRoute[] = [
  namespaceFinalize,
  podLog,
  podExec,
  podAttach,
  podPortForward,
  podProxy,
  serviceProxy,
  nodeProxy,
  binding,
  eviction,
  token,
]
