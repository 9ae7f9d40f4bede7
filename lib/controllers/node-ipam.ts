// Gives every node its range of pod addresses, a part of the cluster's.

import type { ControllerContext, ControllerEntry } from '../controller/context.ts'
import type { Controller } from '../controller/controller.ts'
import { watch } from '../controller/watch.ts'
import { type Node, nodes } from '../kinds/core/node.ts'
import { firstFree } from './node-ipam-range.ts'

export const nodeIpamController: ControllerEntry = {
  name: 'node-ipam-controller',
  serviceAccount: 'node-controller',
  eventSource: 'cidrAllocator',
  make: context => (context.options.clusterCidr ? nodeIpam(context, context.options.clusterCidr) : undefined),
}

const retryMs = 10_000

function nodeIpam({ client, informers, events, options }: ControllerContext, clusterCidr: string): Controller {
  const nodeInformer = informers.of(nodes)
  /** By the node's UID, until it is seen to have it: a write that failed may have been done all the same. */
  const given = new Map<string, string>()

  return {
    name: 'node-ipam',
    // One at a time: what one node was given, the next must see.
    workers: 1,
    watches: [watch(nodeInformer, waiting)],
    reconcile,
  }

  function* waiting(_old: Node | undefined, current: Node | undefined): Iterable<string> {
    if (current && !current.spec?.podCIDR) yield current.metadata.name ?? ''
  }

  async function reconcile(name: string, signal: AbortSignal) {
    const node = nodeInformer.get(name)
    if (!node || node.spec?.podCIDR || node.metadata.deletionTimestamp) return
    const { uid = '' } = node.metadata
    const podCIDR = given.get(uid) ?? firstFree(clusterCidr, options.nodeCidrMaskSize, taken())
    if (!podCIDR) {
      events.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`)
      return { requeueAfterMs: retryMs }
    }
    given.set(uid, podCIDR)
    const patch = { metadata: { uid }, spec: { podCIDR, podCIDRs: [podCIDR] } }
    await client.patch(nodes, { name }, patch, { type: 'strategic' }, signal)
  }

  function taken(): string[] {
    const all = nodeInformer.list()
    const without = new Set(all.filter(({ spec }) => !spec?.podCIDR).map(({ metadata }) => metadata.uid))
    for (const uid of given.keys()) if (!without.has(uid)) given.delete(uid)
    return [...all.flatMap(({ spec }) => spec?.podCIDRs ?? spec?.podCIDR ?? []), ...given.values()]
  }
}
