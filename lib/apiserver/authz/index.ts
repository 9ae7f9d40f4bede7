// Everyone who can say whether something is allowed, in the order of --authorization-mode.

import { nodeRules } from '../bootstrap/node-rules.ts'
import type { StorageContext } from '../context.ts'
import type { Authorizer } from './authorizer.ts'
import { nodeAuthorizer } from './node.ts'
import { NodeGraph } from './node-graph.ts'
import { type RuleResolver, rbacAuthorizer, rbacRules } from './rbac.ts'
import { RbacIndex } from './rbac-index.ts'
import { alwaysAllow, privilegedGroups, unionOf } from './union.ts'

export interface Authorization {
  authorizer: Authorizer
  /** What a user may do, as RBAC says it. */
  rulesFor: RuleResolver
  index: RbacIndex
  /** Follows the cache. Questions asked before it knows everything wait. */
  run(signal: AbortSignal): Promise<void>
}

export function authorization({ cache, config }: StorageContext): Authorization {
  const graph = new NodeGraph(cache)
  const index = new RbacIndex(cache)
  const modes: Record<string, Authorizer | undefined> = {
    Node: nodeAuthorizer(graph, nodeRules),
    RBAC: rbacAuthorizer(index),
    AlwaysAllow: alwaysAllow,
  }
  const chosen = config.authorizationModes.map(mode => {
    const authorizer = modes[mode]
    if (!authorizer) throw new Error(`--authorization-mode: unknown mode ${JSON.stringify(mode)}`)
    return authorizer
  })
  return {
    authorizer: unionOf([privilegedGroups('system:masters'), ...chosen]),
    rulesFor: rbacRules(index),
    index,
    run: async signal => {
      await Promise.all([graph.run(signal), index.run(signal)])
    },
  }
}
