// Keeps as many pods of one template as a ReplicaSet asks for.

import { hasReason } from '../api/errors.ts'
import { controllerOf, type KubeObject, keyOf, splitKey, toKey } from '../api/meta.ts'
import { matchesSelector } from '../api/selectors.ts'
import { claimObjects } from '../controller/claim.ts'
import type { ControllerContext, ControllerEntry } from '../controller/context.ts'
import type { Controller } from '../controller/controller.ts'
import { isNamespaceTerminating } from '../controller/namespace-terminating.ts'
import { controllerReference } from '../controller/owner.ts'
import { isPodActive, isPodAvailable, isPodReady } from '../controller/pod.ts'
import { slowStart } from '../controller/slow-start.ts'
import { semanticallyEqual } from '../controller/template-hash.ts'
import { watch } from '../controller/watch.ts'
import { type ReplicaSet, replicaSets } from '../kinds/apps/replica-set.ts'
import { type Pod, pods } from '../kinds/core/pod.ts'
import { replicaSetStatus, replicasToCreateOrDelete } from './replicaset-pods.ts'

export const replicaSetController: ControllerEntry = {
  name: 'replicaset-controller',
  serviceAccount: 'replicaset-controller',
  make: replicaSetReconciler,
}

interface Failure {
  reason: string
  message: string
  error: unknown
}

function replicaSetReconciler({ client, informers, events, clock }: ControllerContext): Controller {
  const setInformer = informers.of(replicaSets)
  const podInformer = informers.of(pods)
  const setsByNamespace = setInformer.index('namespace', rs => [rs.metadata.namespace ?? ''])
  const setsByOwner = setInformer.index('controller', rs => [controllerOf(rs)?.uid ?? ''])
  const podsByOwner = podInformer.index('controller', pod => [controllerOf(pod)?.uid ?? ''])
  const orphansByNamespace = podInformer.index('orphans', pod =>
    controllerOf(pod) ? [] : [pod.metadata.namespace ?? ''],
  )

  return {
    name: 'replicaset',
    watches: [watch(setInformer), watch(podInformer, podKeys)],
    reconcile,
  }

  function* podKeys(old: Pod | undefined, current: Pod | undefined): Iterable<string> {
    for (const pod of [old, current]) {
      const owner = pod && controllerOf(pod)
      if (owner?.kind === 'ReplicaSet') yield toKey(pod?.metadata.namespace, owner.name)
    }
    const orphan = current && !controllerOf(current) ? current : undefined
    if (!orphan || orphan.metadata.deletionTimestamp) return
    for (const rs of setsByNamespace.get(orphan.metadata.namespace ?? '')) if (selects(rs, orphan)) yield keyOf(rs)
  }

  async function reconcile(key: string, signal: AbortSignal) {
    const rs = setInformer.get(key)
    if (!rs) return
    const owned = await claimed(rs, signal)
    const active = owned.filter(isPodActive)
    const failure = rs.metadata.deletionTimestamp ? undefined : await changePods(rs, active, signal)
    await writeStatus(rs, owned, failure, signal)
    if (failure) throw failure.error
    return whenNextAvailable(rs, active)
  }

  function claimed(rs: ReplicaSet, signal: AbortSignal): Promise<Pod[]> {
    const orphans = orphansByNamespace.get(rs.metadata.namespace ?? '').filter(isPodActive)
    return claimObjects(
      {
        client,
        ownerDefinition: replicaSets,
        owner: rs,
        definition: pods,
        candidates: [...podsByOwner.get(rs.metadata.uid ?? ''), ...orphans],
        matches: pod => selects(rs, pod),
      },
      signal,
    )
  }

  async function changePods(rs: ReplicaSet, active: Pod[], signal: AbortSignal): Promise<Failure | undefined> {
    const change = replicasToCreateOrDelete(rs, active, relatedPods(rs), clock.now())
    return 'create' in change ? createPods(rs, change.create, signal) : deletePods(rs, change.delete, signal)
  }

  /** Of all ReplicaSets of the same Deployment, as they share its spreading over nodes. */
  function relatedPods(rs: ReplicaSet): Pod[] {
    const owner = controllerOf(rs)?.uid
    const sets = owner ? setsByOwner.get(owner) : [rs]
    return sets.flatMap(set => podsByOwner.get(set.metadata.uid ?? '')).filter(isPodActive)
  }

  async function createPods(rs: ReplicaSet, count: number, signal: AbortSignal): Promise<Failure | undefined> {
    const { error } = await slowStart(count, async () => {
      try {
        const pod = await client.create(pods, podOf(rs), signal)
        events.event(rs, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
      } catch (error) {
        if (isNamespaceTerminating(error)) return
        events.event(rs, 'Warning', 'FailedCreate', `Error creating: ${(error as Error).message}`)
        throw error
      }
    })
    return error ? { reason: 'FailedCreate', message: (error as Error).message, error } : undefined
  }

  async function deletePods(rs: ReplicaSet, surplus: Pod[], signal: AbortSignal): Promise<Failure | undefined> {
    const results = await Promise.allSettled(surplus.map(pod => deletePod(rs, pod, signal)))
    const failed = results.find(result => result.status === 'rejected')
    if (!failed) return
    return { reason: 'FailedDelete', message: (failed.reason as Error).message, error: failed.reason }
  }

  async function deletePod(rs: ReplicaSet, pod: Pod, signal: AbortSignal): Promise<void> {
    const { namespace = '', name = '', uid } = pod.metadata
    try {
      await client.delete(pods, { namespace, name }, uid ? { preconditions: { uid } } : {}, signal)
      events.event(rs, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`)
    } catch (error) {
      if (hasReason(error, 'NotFound')) return
      events.event(rs, 'Warning', 'FailedDelete', `Error deleting: ${(error as Error).message}`)
      throw error
    }
  }

  async function writeStatus(rs: ReplicaSet, owned: Pod[], failure: Failure | undefined, signal: AbortSignal) {
    const why = failure && { reason: failure.reason, message: failure.message }
    const status = replicaSetStatus(rs, owned, why, clock.now())
    if (semanticallyEqual(rs.status ?? {}, status)) return
    await updateStatus(rs, status, signal).catch(async error => {
      // Only the status is ours: it is put on whatever the object has become meanwhile.
      if (!hasReason(error, 'Conflict')) throw error
      const fresh = await client.get(replicaSets, splitKey(keyOf(rs)), signal)
      if (fresh.metadata.uid === rs.metadata.uid) await updateStatus(fresh, status, signal)
    })
  }

  function updateStatus(rs: ReplicaSet, status: NonNullable<ReplicaSet['status']>, signal: AbortSignal) {
    return client.update(replicaSets, { ...rs, status }, { subresource: 'status' }, signal)
  }

  /** Ready pods become available by time alone. */
  function whenNextAvailable(rs: ReplicaSet, active: Pod[]): { requeueAfterMs: number } | undefined {
    const minReadySeconds = rs.spec?.minReadySeconds ?? 0
    const waits = active.some(pod => isPodReady(pod) && !isPodAvailable(pod, minReadySeconds, clock.now()))
    return waits ? { requeueAfterMs: 1000 } : undefined
  }
}

function selects(rs: ReplicaSet, pod: Pod): boolean {
  return matchesSelector(rs.spec?.selector, pod.metadata.labels ?? {})
}

function podOf(rs: ReplicaSet): Pod {
  const { metadata, spec } = structuredClone(rs.spec?.template ?? {})
  const { labels, annotations, finalizers } = metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: podNamePrefix(rs),
      ...(rs.metadata.namespace ? { namespace: rs.metadata.namespace } : {}),
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [controllerReference(replicaSets, rs)],
    },
    ...(spec ? { spec } : {}),
  }
}

/** The dash is left out where it would make a name that no pod may have. */
function podNamePrefix({ metadata: { name = '' } }: KubeObject): string {
  return name.length < 253 ? `${name}-` : name
}
