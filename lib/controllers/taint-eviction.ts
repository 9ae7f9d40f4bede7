// Deletes pods from nodes whose taints they do not tolerate, or no longer do.

import { hasReason } from '../api/errors.ts'
import { keyOf, splitKey } from '../api/meta.ts'
import type { ControllerContext, ControllerEntry } from '../controller/context.ts'
import type { Controller } from '../controller/controller.ts'
import { semanticallyEqual } from '../controller/template-hash.ts'
import { watch } from '../controller/watch.ts'
import { type Node, nodes } from '../kinds/core/node.ts'
import { type Pod, pods } from '../kinds/core/pod.ts'
import { rfc3339 } from '../util/clock.ts'
import { evictAfterSeconds, noExecuteTaints } from './taint-eviction-decision.ts'

export const taintEvictionController: ControllerEntry = {
  name: 'taint-eviction-controller',
  serviceAccount: 'node-controller',
  make: taintEviction,
}

function taintEviction({ client, informers, events, clock }: ControllerContext): Controller {
  const nodeInformer = informers.of(nodes)
  const podInformer = informers.of(pods)
  const podsByNode = podInformer.index('node', pod => [pod.spec?.nodeName ?? ''])
  /** When each pod was first seen under the taints it has to leave for. */
  const since = new Map<string, number>()

  return {
    name: 'taint-eviction',
    workers: 8,
    watches: [watch(podInformer), watch(nodeInformer, podsOfTainted)],
    reconcile,
  }

  function* podsOfTainted(old: Node | undefined, current: Node | undefined): Iterable<string> {
    const [before, after] = [noExecuteTaints(old?.spec?.taints), noExecuteTaints(current?.spec?.taints)]
    if (semanticallyEqual(before, after)) return
    for (const pod of podsByNode.get((current ?? old)?.metadata.name ?? '')) yield keyOf(pod)
  }

  async function reconcile(key: string, signal: AbortSignal) {
    const pod = podInformer.get(key)
    const node = pod?.spec?.nodeName ? nodeInformer.get(pod.spec.nodeName) : undefined
    const taints = noExecuteTaints(node?.spec?.taints)
    const after = pod && !pod.metadata.deletionTimestamp ? evictAfterSeconds(pod, taints) : undefined
    if (!pod || after === undefined) return stay(key, pod)
    const start = startOf(
      pod,
      taints.flatMap(taint => taint.timeAdded ?? []),
    )
    const leftMs = start + after * 1000 - clock.now()
    if (leftMs > 0) return { requeueAfterMs: leftMs }
    await evict(pod, signal)
    since.delete(pod.metadata.uid ?? '')
  }

  function stay(key: string, pod: Pod | undefined): undefined {
    if (!pod || !since.delete(pod.metadata.uid ?? '') || pod.metadata.deletionTimestamp) return
    events.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`)
  }

  /** Taints that we set carry their time, so a restart of ours grants no new respite. */
  function startOf(pod: Pod, added: string[]): number {
    const uid = pod.metadata.uid ?? ''
    const tainted = added.length > 0 ? Math.min(...added.map(Date.parse)) : clock.now()
    const created = Date.parse(pod.metadata.creationTimestamp ?? '') || 0
    const start = since.get(uid) ?? Math.max(tainted, created)
    since.set(uid, start)
    return start
  }

  async function evict(pod: Pod, signal: AbortSignal): Promise<void> {
    const key = keyOf(pod)
    const at = splitKey(key)
    const { uid } = pod.metadata
    events.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`)
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: rfc3339(clock.now()),
    }
    try {
      const patch = { metadata: { uid }, status: { conditions: [condition] } }
      await client.patch(pods, at, patch, { type: 'strategic', subresource: 'status' }, signal)
      await client.delete(pods, at, uid ? { preconditions: { uid } } : {}, signal)
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error
    }
  }
}
