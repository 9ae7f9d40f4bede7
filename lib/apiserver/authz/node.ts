// What a node may do: the rules of system:node, but of secrets, configmaps, claims, tokens and pods only those that a
// pod on it names; of nodes and leases only its own. See the Kubernetes page "Using Node Authorization".

import type { PolicyRule } from '../../kinds/rbac/policy-rules.ts'
import type { RequestInfo } from '../request-info.ts'
import type { Authorizer, Verdict } from './authorizer.ts'
import type { NodeGraph } from './node-graph.ts'
import { nodeOf } from './node-identity.ts'
import { rulesAllow } from './rule-matching.ts'

const allow: Verdict = { decision: 'allow' }
const noOpinion = (reason?: string): Verdict => ({ decision: 'no-opinion', ...(reason ? { reason } : {}) })
const reading = ['get', 'list', 'watch']

/** `rules` are those of the ClusterRole system:node. */
export function nodeAuthorizer(graph: NodeGraph, rules: readonly PolicyRule[]): Authorizer {
  return async (user, info) => {
    const node = nodeOf(user)
    if (node === undefined) return noOpinion()
    if (node === '') return noOpinion(`unknown node for user ${JSON.stringify(user.name)}`)
    await graph.loaded
    const special = info.isResourceRequest ? ofResource[`${info.apiGroup}/${info.resource}`] : undefined
    if (special) return special(node, info, graph)
    return rulesAllow(rules, info) ? allow : noOpinion()
  }
}

type Rule = (node: string, info: RequestInfo, graph: NodeGraph) => Verdict

const unrelated = (node: string) => noOpinion(`no relationship found between node '${node}' and this object`)

/** A named object of a namespace, when a pod on the node names it. */
const readNeeded: Rule = (node, info, graph) => {
  if (!reading.includes(info.verb)) return noOpinion('can only read resources of this type')
  if (info.subresource) return noOpinion('cannot read subresource')
  if (!info.namespace) return noOpinion('can only read namespaced object of this type')
  return needed(node, info, graph)
}

const getNeeded: Rule = (node, info, graph) => {
  if (info.verb !== 'get') return noOpinion('can only get individual resources of this type')
  if (info.subresource) return noOpinion('cannot get subresource')
  return needed(node, info, graph)
}

const needed: Rule = (node, info, graph) => {
  if (!info.name) return noOpinion('No Object name found')
  return graph.isNeeded(`${info.resource}/${info.namespace}/${info.name}`, node) ? allow : unrelated(node)
}

const claims: Rule = (node, info, graph) => {
  if (info.subresource !== 'status') return getNeeded(node, info, graph)
  if (!['get', 'update', 'patch'].includes(info.verb)) return noOpinion('can only get/update/patch this type')
  return needed(node, info, graph)
}

const tokens: Rule = (node, info, graph) => {
  if (info.verb !== 'create' || info.subresource !== 'token') {
    return noOpinion('can only create tokens for individual service accounts')
  }
  return needed(node, info, graph)
}

const volumes: Rule = (node, info, graph) => {
  if (info.verb !== 'get' || info.subresource) return noOpinion('can only get individual resources of this type')
  return graph.isVolumeNeeded(info.name, node) ? allow : unrelated(node)
}

const attachments: Rule = (node, info, graph) => {
  if (info.verb !== 'get' || info.subresource) return noOpinion('can only get individual resources of this type')
  return graph.isAttachedTo(info.name, node) ? allow : unrelated(node)
}

/** Creation is by a body whose name the NodeRestriction admission plugin checks. */
const leases: Rule = (node, info) => {
  if (!['get', 'create', 'update', 'patch', 'delete'].includes(info.verb)) {
    return noOpinion('can only get, create, update, patch, or delete a node lease')
  }
  if (info.namespace !== 'kube-node-lease') {
    return noOpinion(`can only access leases in the "kube-node-lease" system namespace`)
  }
  if (info.verb !== 'create' && info.name !== node) {
    return noOpinion('can only access node lease with the same name as the requesting node')
  }
  return allow
}

const csiNodes: Rule = (node, info) => {
  if (!['get', 'create', 'update', 'patch', 'delete'].includes(info.verb)) {
    return noOpinion('can only get, create, update, patch, or delete a CSINode')
  }
  if (info.subresource) return noOpinion('cannot authorize CSINode subresources')
  if (info.verb !== 'create' && info.name !== node) {
    return noOpinion('can only access CSINode with the same name as the requesting node')
  }
  return allow
}

const nodes: Rule = (node, info) => {
  if (info.subresource === 'status') return ['update', 'patch'].includes(info.verb) ? allow : noOpinion()
  if (info.subresource) return noOpinion()
  // Which node it may write, the NodeRestriction admission plugin checks.
  if (['create', 'update', 'patch'].includes(info.verb)) return allow
  if (!reading.includes(info.verb)) return noOpinion()
  if (info.name === node) return allow
  return noOpinion(`node '${node}' cannot read '${info.name}', only its own Node object`)
}

const pods: Rule = (node, info, graph) => {
  if (info.subresource === 'status') return ['update', 'patch'].includes(info.verb) ? allow : noOpinion()
  if (info.subresource === 'eviction') return info.verb === 'create' ? allow : noOpinion()
  if (info.subresource) return noOpinion()
  if (info.verb === 'create' || info.verb === 'delete') return allow
  if (info.verb === 'get' || (reading.includes(info.verb) && info.name && info.namespace)) {
    return needed(node, info, graph)
  }
  if (!reading.includes(info.verb)) return noOpinion()
  if (selectsNode(info, node)) return allow
  return noOpinion('can only list/watch pods with spec.nodeName field selector')
}

function selectsNode({ fieldSelector = [] }: RequestInfo, node: string): boolean {
  return fieldSelector.some(
    ({ path, operator, value }) => path === 'spec.nodeName' && operator === '=' && value === node,
  )
}

const ofResource: Record<string, Rule | undefined> = {
  '/secrets': readNeeded,
  '/configmaps': readNeeded,
  '/persistentvolumeclaims': claims,
  '/persistentvolumes': volumes,
  '/serviceaccounts': tokens,
  '/nodes': nodes,
  '/pods': pods,
  'resource.k8s.io/resourceclaims': getNeeded,
  'storage.k8s.io/volumeattachments': attachments,
  'storage.k8s.io/csinodes': csiNodes,
  'coordination.k8s.io/leases': leases,
}
