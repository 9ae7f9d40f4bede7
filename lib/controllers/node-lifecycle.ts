// Listens for the nodes' heartbeats: a node that falls silent is marked unknown, tainted, and its pods not ready.

import { hasReason } from '../api/errors.ts'
import { keyOf, splitKey } from '../api/meta.ts'
import type { ControllerContext, ControllerEntry } from '../controller/context.ts'
import type { Controller } from '../controller/controller.ts'
import { isPodReady } from '../controller/pod.ts'
import { semanticallyEqual } from '../controller/template-hash.ts'
import { watch } from '../controller/watch.ts'
import { type Lease, leases } from '../kinds/coordination/lease.ts'
import { type Node, nodes } from '../kinds/core/node.ts'
import { type Pod, pods } from '../kinds/core/pod.ts'
import { rfc3339 } from '../util/clock.ts'
import {
  conditionOf,
  disruption,
  evictionIntervalMs,
  type Heartbeat,
  heartbeat,
  silentAtMs,
  silentConditions,
  taintsFor,
} from './node-health.ts'

export const nodeLifecycleController: ControllerEntry = {
  name: 'node-lifecycle-controller',
  serviceAccount: 'node-controller',
  eventSource: 'node-controller',
  make: nodeLifecycle,
}

const leaseNamespace = 'kube-node-lease'

function nodeLifecycle({ client, informers, events, clock, options }: ControllerContext): Controller {
  const nodeInformer = informers.of(nodes)
  const leaseInformer = informers.of(leases)
  const podInformer = informers.of(pods)
  const podsByNode = podInformer.index('node', pod => [pod.spec?.nodeName ?? ''])
  const heartbeats = new Map<string, Heartbeat>()
  const grace = { monitorMs: options.nodeMonitorGracePeriodMs, startupMs: options.nodeStartupGracePeriodMs }
  let nextEvictionMs = 0

  return {
    name: 'node-lifecycle',
    workers: 1,
    watches: [watch(nodeInformer), watch(leaseInformer, leaseKey), watch(podInformer, podKey)],
    reconcile,
  }

  function* leaseKey(_old: Lease | undefined, current: Lease | undefined): Iterable<string> {
    if (current?.metadata.namespace === leaseNamespace) yield current.metadata.name ?? ''
  }

  /** A pod that says it is ready on a node that says nothing. */
  function* podKey(_old: Pod | undefined, current: Pod | undefined): Iterable<string> {
    const name = current?.spec?.nodeName
    const node = name ? nodeInformer.get(name) : undefined
    if (node && current && isPodReady(current) && conditionOf(node, 'Ready')?.status === 'Unknown') yield name ?? ''
  }

  async function reconcile(name: string, signal: AbortSignal) {
    const node = nodeInformer.get(name)
    if (!node) return forget(name)
    const now = clock.now()
    if (!heartbeats.has(name)) tell(node, 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`)
    const last = heartbeat(node, leaseInformer.get(`${leaseNamespace}/${name}`), heartbeats.get(name), now)
    heartbeats.set(name, last)
    const silentAt = silentAtMs(node, last, grace)
    const current = now >= silentAt ? await markSilent(node, signal) : node
    const waitMs = await taint(current, signal)
    if (conditionOf(current, 'Ready')?.status === 'Unknown') await markPods(name, signal)
    const waits = [...(now >= silentAt ? [] : [silentAt - now]), ...(waitMs === undefined ? [] : [waitMs])]
    return waits.length > 0 ? { requeueAfterMs: Math.min(...waits) } : undefined
  }

  function forget(name: string): undefined {
    if (!heartbeats.delete(name)) return
    const gone: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: name } }
    tell(gone, 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`)
  }

  function tell(node: Node, reason: string, message: string): void {
    events.event(node, 'Normal', reason, message)
  }

  async function markSilent(node: Node, signal: AbortSignal): Promise<Node> {
    const conditions = silentConditions(node, clock.now())
    if (semanticallyEqual(conditions, node.status?.conditions ?? [])) return node
    const status = { ...node.status, conditions }
    const marked = await client.update(nodes, { ...node, status }, { subresource: 'status' }, signal)
    const { name = '' } = node.metadata
    if (conditionOf(node, 'Ready')?.status === 'True')
      tell(node, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
    return marked
  }

  /** Answers how long until the node may be let to evict its pods, if that is waited for. */
  async function taint(node: Node, signal: AbortSignal): Promise<number | undefined> {
    const now = clock.now()
    const all = nodeInformer.list()
    const intervalMs = evictionIntervalMs(disruption(all), all.length)
    const mayEvict = intervalMs !== undefined && now >= nextEvictionMs
    const current = node.spec?.taints ?? []
    const wanted = taintsFor(node, mayEvict, now)
    if (!semanticallyEqual(wanted, current)) {
      await client.patch(nodes, { name: node.metadata.name ?? '' }, taintPatch(node, wanted), { type: 'merge' }, signal)
      if (mayEvict && countNoExecute(wanted) > countNoExecute(current)) nextEvictionMs = now + intervalMs
    }
    if (mayEvict || semanticallyEqual(taintsFor(node, true, now), wanted)) return undefined
    return intervalMs === undefined ? 10_000 : Math.max(1000, nextEvictionMs - now)
  }

  async function markPods(name: string, signal: AbortSignal): Promise<void> {
    await Promise.all(
      podsByNode
        .get(name)
        .filter(isPodReady)
        .map(pod => markNotReady(pod, signal)),
    )
  }

  async function markNotReady(pod: Pod, signal: AbortSignal): Promise<void> {
    const time = rfc3339(clock.now())
    const conditions = pod.status?.conditions?.map(condition =>
      condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: time } : condition,
    )
    try {
      await client.patch(
        pods,
        splitKey(keyOf(pod)),
        { metadata: { uid: pod.metadata.uid }, status: { conditions } },
        { type: 'strategic', subresource: 'status' },
        signal,
      )
      events.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready')
    } catch (error) {
      if (!hasReason(error, 'NotFound', 'Conflict')) throw error
    }
  }
}

const countNoExecute = (taints: { effect: string }[]) => taints.filter(({ effect }) => effect === 'NoExecute').length

/** On the version that was looked at: taints are one list, and others write it too. */
function taintPatch(node: Node, taints: unknown): unknown {
  return { metadata: { resourceVersion: node.metadata.resourceVersion }, spec: { taints } }
}
