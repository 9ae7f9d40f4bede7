// A path below an object that is more than a view of it: binding, eviction, log, token, proxy. `status` and `scale` need no
// entry: they are views, and the kind's definition says all about them.

import type { ApiRequest, ApiResponse } from '../chain.ts'
import type { ServerContext } from '../context.ts'

/**
 * Answers a request that was authenticated and authorized; `request.info` says the object (namespace, name). Throws
 * StatusError. For JSON answers see `jsonResponse` in ../responses.ts, for the body `readObject` in ../decode.ts.
 */
export type SubresourceHandler = (request: ApiRequest, context: ServerContext) => Promise<ApiResponse>

/** One line of subresources/index.ts. */
export interface SubresourceRoute {
  /** The parent: group, plural. */
  group: string
  resource: string
  subresource: string
  /** RBAC verbs it answers: others get 405. */
  verbs: ('get' | 'create' | 'update' | 'patch' | 'delete')[]
  /**
   * It is no object but a connection: these methods lead to it, whatever their verb is called, and with `takesPath` also
   * those of any path below.
   */
  connect?: { methods: string[]; takesPath: boolean }
  /** What discovery says it takes: `policy/v1 Eviction` for pods/eviction. Defaults to the parent's kind. */
  kind?: { group: string; version: string; kind: string }
  handle: SubresourceHandler
}
