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
    const taken = nodeInformer.list().flatMap(other => other.spec?.podCIDRs ?? other.spec?.podCIDR ?? [])
    const podCIDR = firstFree(clusterCidr, options.nodeCidrMaskSize, taken)
    if (!podCIDR) {
      events.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`)
      return { requeueAfterMs: retryMs }
    }
    const patch = { metadata: { uid: node.metadata.uid }, spec: { podCIDR, podCIDRs: [podCIDR] } }
    await client.patch(nodes, { name }, patch, { type: 'strategic' }, signal)
  }
}
