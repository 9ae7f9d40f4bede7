// Removes pods that no kubelet will ever finish, and ended ones beyond a threshold.

import { hasReason } from '../api/errors.ts'
import { keyOf, splitKey } from '../api/meta.ts'
import type { ControllerContext, ControllerEntry } from '../controller/context.ts'
import type { Controller } from '../controller/controller.ts'
import { isPodTerminated } from '../controller/pod.ts'
import { watch } from '../controller/watch.ts'
import { type Node, nodes } from '../kinds/core/node.ts'
import { type Pod, pods } from '../kinds/core/pod.ts'
import { rfc3339 } from '../util/clock.ts'
import { podsToRemove } from './pod-gc-decision.ts'

export const podGarbageCollector: ControllerEntry = {
  name: 'pod-garbage-collector-controller',
  serviceAccount: 'pod-garbage-collector',
  make: podGc,
}

const everyMs = 20_000
/** A node that just appeared may not be in the cache yet. */
const quarantineMs = 40_000

interface Disruption {
  reason: string
  message: string
}

function podGc({ client, informers, clock, options }: ControllerContext): Controller {
  const nodeInformer = informers.of(nodes)
  const podInformer = informers.of(pods)
  const missingSince = new Map<string, number>()

  return {
    name: 'pod-garbage-collector',
    workers: 1,
    keys: ['all'],
    watches: [watch(nodeInformer, onGone), watch(podInformer, none)],
    reconcile,
  }

  function* onGone(old: Node | undefined, current: Node | undefined): Iterable<string> {
    if (old && !current) yield 'all'
  }

  function none(): Iterable<string> {
    return []
  }

  async function reconcile(_key: string, signal: AbortSignal) {
    const byName = new Map(nodeInformer.list().map(node => [node.metadata.name ?? '', node]))
    const found = podsToRemove(podInformer.list(), byName, options.terminatedPodGcThreshold)
    const orphaned = await onGoneNodes(found.orphaned, signal)
    const orphanedBy = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' }
    const strandedBy = { reason: 'DeletionByPodGC', message: 'PodGC: node is out of service' }
    const removals = [
      ...orphaned.map(pod => remove(pod, orphanedBy, signal)),
      ...found.outOfService.map(pod => remove(pod, strandedBy, signal)),
      ...[...found.unscheduled, ...found.ended].map(pod => remove(pod, undefined, signal)),
    ]
    const failed = (await Promise.allSettled(removals)).find(result => result.status === 'rejected')
    if (failed) throw failed.reason
    return { requeueAfterMs: everyMs }
  }

  /** Those whose node has been missing for a while, and is so for the API server too. */
  async function onGoneNodes(orphaned: Pod[], signal: AbortSignal): Promise<Pod[]> {
    const missing = new Set(orphaned.map(pod => pod.spec?.nodeName ?? ''))
    for (const name of missingSince.keys()) if (!missing.has(name)) missingSince.delete(name)
    const gone = new Set<string>()
    for (const name of missing) {
      const since = missingSince.get(name) ?? clock.now()
      missingSince.set(name, since)
      if (clock.now() - since >= quarantineMs && (await isGone(name, signal))) gone.add(name)
    }
    return orphaned.filter(pod => gone.has(pod.spec?.nodeName ?? ''))
  }

  async function isGone(name: string, signal: AbortSignal): Promise<boolean> {
    try {
      await client.get(nodes, { name }, signal)
      return false
    } catch (error) {
      if (hasReason(error, 'NotFound')) return true
      throw error
    }
  }

  async function remove(pod: Pod, why: Disruption | undefined, signal: AbortSignal): Promise<void> {
    const at = splitKey(keyOf(pod))
    const { uid } = pod.metadata
    try {
      if (why && !isPodTerminated(pod)) await fail(pod, why, signal)
      await client.delete(pods, at, { gracePeriodSeconds: 0, ...(uid ? { preconditions: { uid } } : {}) }, signal)
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error
    }
  }

  /** Nobody else will say how it ended. */
  async function fail(pod: Pod, why: Disruption, signal: AbortSignal): Promise<void> {
    const condition = { type: 'DisruptionTarget', status: 'True', ...why, lastTransitionTime: rfc3339(clock.now()) }
    const patch = { metadata: { uid: pod.metadata.uid }, status: { phase: 'Failed', conditions: [condition] } }
    await client.patch(pods, splitKey(keyOf(pod)), patch, { type: 'strategic', subresource: 'status' }, signal)
  }
}
