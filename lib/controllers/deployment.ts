// Rolls a Deployment's pods from one template to the next by way of ReplicaSets: carries out what deployment-rollout.ts
// decides.

import { hasReason } from '../api/errors.ts'
import { controllerOf, keyOf, splitKey, toKey } from '../api/meta.ts'
import { matchesSelector } from '../api/selectors.ts'
import { claimObjects } from '../controller/claim.ts'
import type { ControllerContext, ControllerEntry } from '../controller/context.ts'
import type { Controller } from '../controller/controller.ts'
import { isNamespaceTerminating } from '../controller/namespace-terminating.ts'
import { semanticallyEqual } from '../controller/template-hash.ts'
import { watch } from '../controller/watch.ts'
import { type Deployment, deployments } from '../kinds/apps/deployment.ts'
import { type ReplicaSet, replicaSets } from '../kinds/apps/replica-set.ts'
import { type Pod, pods } from '../kinds/core/pod.ts'
import { type Draft, revisionAnnotation, sameTemplate } from './deployment-replica-sets.ts'
import { rollout } from './deployment-rollout.ts'
import { condition, type DeploymentStatus, deadlineSeconds, withCondition } from './deployment-status.ts'

export const deploymentController: ControllerEntry = {
  name: 'deployment-controller',
  serviceAccount: 'deployment-controller',
  make: deploymentReconciler,
}

function deploymentReconciler({ client, informers, events, clock }: ControllerContext): Controller {
  const deploymentInformer = informers.of(deployments)
  const setInformer = informers.of(replicaSets)
  const podInformer = informers.of(pods)
  const byNamespace = deploymentInformer.index('namespace', d => [d.metadata.namespace ?? ''])
  const setsByNamespace = setInformer.index('namespace', rs => [rs.metadata.namespace ?? ''])
  const podsByOwner = podInformer.index('controller', pod => [controllerOf(pod)?.uid ?? ''])

  return {
    name: 'deployment',
    watches: [watch(deploymentInformer), watch(setInformer, setKeys), watch(podInformer, podKeys)],
    reconcile,
  }

  function* setKeys(old: ReplicaSet | undefined, current: ReplicaSet | undefined): Iterable<string> {
    for (const rs of [old, current]) if (rs) yield* ownerKey(rs)
    if (!current || controllerOf(current) || current.metadata.deletionTimestamp) return
    for (const d of byNamespace.get(current.metadata.namespace ?? '')) if (selects(d, current)) yield keyOf(d)
  }

  function* ownerKey(rs: ReplicaSet): Iterable<string> {
    const owner = controllerOf(rs)
    if (owner?.kind === 'Deployment') yield toKey(rs.metadata.namespace, owner.name)
  }

  /** Only Recreate waits for pods to be gone. */
  function* podKeys(old: Pod | undefined, current: Pod | undefined): Iterable<string> {
    const pod = old && !current ? old : undefined
    const owner = pod && controllerOf(pod)
    const rs = owner && setInformer.get(toKey(pod?.metadata.namespace, owner.name))
    if (rs && rs.metadata.uid === owner.uid) yield* ownerKey(rs)
  }

  async function reconcile(key: string, signal: AbortSignal) {
    const d = deploymentInformer.get(key)
    if (!d) return
    if (selectsAll(d)) return refuse(d, signal)
    const sets = await claimed(d, signal)
    const plan = rollout({
      deployment: d,
      replicaSets: sets,
      podsOf: uid => podsByOwner.get(uid),
      nowMs: clock.now(),
    })
    for (const draft of plan.drafts) if (!(await carryOut(d, draft, signal))) return
    for (const rs of plan.delete) await remove(rs, signal)
    const revised = await writeRevision(d, plan.revision, signal)
    if (!semanticallyEqual(d.status ?? {}, plan.status)) await writeStatus(revised, plan.status, signal)
    return plan.checkAfterMs === undefined ? undefined : { requeueAfterMs: plan.checkAfterMs }
  }

  async function refuse(d: Deployment, signal: AbortSignal): Promise<undefined> {
    const message = 'This deployment is selecting all pods. A non-empty selector is required.'
    events.event(d, 'Warning', 'SelectingAll', message)
    const { generation = 0 } = d.metadata
    if ((d.status?.observedGeneration ?? 0) >= generation) return
    await writeStatus(d, { ...d.status, observedGeneration: generation }, signal)
  }

  function claimed(d: Deployment, signal: AbortSignal): Promise<ReplicaSet[]> {
    return claimObjects(
      {
        client,
        ownerDefinition: deployments,
        owner: d,
        definition: replicaSets,
        candidates: setsByNamespace.get(d.metadata.namespace ?? ''),
        matches: rs => selects(d, rs),
      },
      signal,
    )
  }

  /** False: the namespace is going, and nothing more is to be done. */
  async function carryOut(d: Deployment, draft: Draft, signal: AbortSignal): Promise<boolean> {
    const { stored, rs } = draft
    if (!stored) return create(d, draft, signal)
    if (semanticallyEqual(changeable(stored), changeable(rs))) return true
    draft.rs = await client.update(replicaSets, rs, {}, signal)
    tellScaled(d, rs, stored.spec?.replicas ?? 1)
    return true
  }

  async function create(d: Deployment, draft: Draft, signal: AbortSignal): Promise<boolean> {
    try {
      draft.rs = await client.create(replicaSets, draft.rs, signal)
      tellScaled(d, draft.rs, 0)
      return true
    } catch (error) {
      if (isNamespaceTerminating(error)) return false
      if (hasReason(error, 'AlreadyExists')) await settleCollision(d, draft.rs, error, signal)
      else await tellFailure(d, draft.rs, error as Error, signal)
      return true
    }
  }

  /** Another object has our name: it may be ours from before, or the hash must be another. */
  async function settleCollision(d: Deployment, rs: ReplicaSet, error: unknown, signal: AbortSignal): Promise<void> {
    const found = await client.get(replicaSets, splitKey(keyOf(rs)), signal)
    const isOurs = controllerOf(found)?.uid === d.metadata.uid
    if (isOurs && sameTemplate(found.spec?.template, d.spec?.template)) return
    await writeStatus(d, { ...d.status, collisionCount: (d.status?.collisionCount ?? 0) + 1 }, signal)
    throw error
  }

  async function tellFailure(d: Deployment, rs: ReplicaSet, error: Error, signal: AbortSignal): Promise<never> {
    const message = `Failed to create new replica set "${rs.metadata.name}": ${error.message}`
    events.event(d, 'Warning', 'ReplicaSetCreateError', message)
    if (deadlineSeconds(d) !== undefined) {
      const failed = condition('Progressing', 'False', 'ReplicaSetCreateError', message, clock.now())
      await writeStatus(d, { ...d.status, conditions: withCondition(d.status?.conditions ?? [], failed) }, signal)
    }
    throw error
  }

  function tellScaled(d: Deployment, rs: ReplicaSet, before: number): void {
    const now = rs.spec?.replicas ?? 1
    if (now === before) return
    const message = `Scaled ${now > before ? 'up' : 'down'} replica set ${rs.metadata.name} from ${before} to ${now}`
    events.event(d, 'Normal', 'ScalingReplicaSet', message)
  }

  async function remove(rs: ReplicaSet, signal: AbortSignal): Promise<void> {
    const { uid } = rs.metadata
    try {
      await client.delete(replicaSets, splitKey(keyOf(rs)), uid ? { preconditions: { uid } } : {}, signal)
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error
    }
  }

  async function writeRevision(d: Deployment, revision: string | undefined, signal: AbortSignal): Promise<Deployment> {
    const { annotations } = d.metadata
    if (revision === undefined || annotations?.[revisionAnnotation] === revision) return d
    const metadata = { ...d.metadata, annotations: { ...annotations, [revisionAnnotation]: revision } }
    return client.update(deployments, { ...d, metadata }, {}, signal)
  }

  function writeStatus(d: Deployment, status: DeploymentStatus, signal: AbortSignal): Promise<Deployment> {
    return client.update(deployments, { ...d, status }, { subresource: 'status' }, signal)
  }
}

function changeable(rs: ReplicaSet): unknown {
  const { replicas = 1, minReadySeconds = 0 } = rs.spec ?? {}
  return { annotations: rs.metadata.annotations ?? {}, replicas, minReadySeconds }
}

function selects(d: Deployment, rs: ReplicaSet): boolean {
  return matchesSelector(d.spec?.selector, rs.metadata.labels ?? {})
}

function selectsAll(d: Deployment): boolean {
  const { matchLabels = {}, matchExpressions = [] } = d.spec?.selector ?? {}
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0
}
