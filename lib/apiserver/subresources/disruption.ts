// May a pod be evicted, as its PodDisruptionBudget says. Pure. See the Kubernetes page "API-initiated Eviction".

import { findCondition, isConditionTrue, setCondition } from '../../api/conditions.ts'
import { forbidden, StatusError } from '../../api/errors.ts'
import type { Pod } from '../../kinds/core/pod.ts'
import type { PodDisruptionBudget } from '../../kinds/policy/pod-disruption-budget.ts'
import { rfc3339 } from '../../util/clock.ts'

/** So many evictions nobody has seen yet mean that nobody looks. */
const maxDisruptedPods = 2000

/** Pods that are not running, or going anyway, cost no budget. */
export function needsNoBudget({ status, metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined || ['Succeeded', 'Failed', 'Pending'].includes(status?.phase ?? '')
}

/** One that is not ready serves nobody: it may go when the rest suffices, or always, as the budget's policy says. */
export function maySkipBudget(pod: Pod, { spec, status }: PodDisruptionBudget): boolean {
  if (isConditionTrue(pod.status?.conditions, 'Ready')) return false
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {}
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy
}

/** It may begin to serve at any moment: then it must not go as one that does not. */
export function mayBecomeReady({ status, metadata }: Pod): boolean {
  return !metadata.deletionTimestamp && status?.phase !== 'Succeeded' && status?.phase !== 'Failed'
}

/** The budget with one disruption less, and the pod noted. Throws TooManyRequests and Forbidden. */
export function spent(budget: PodDisruptionBudget, pod: Pod, nowMs: number): PodDisruptionBudget {
  const { metadata, status } = budget
  const { name = '', generation = 0 } = metadata
  if ((status?.observedGeneration ?? 0) < generation) throw beingProcessed(name)
  const { disruptionsAllowed = 0, desiredHealthy = 0, currentHealthy = 0, expectedPods = 0 } = status ?? {}
  if (disruptionsAllowed < 0) throw outOfOrder(name, 'pdb disruptions allowed is negative')
  if (Object.keys(status?.disruptedPods ?? {}).length > maxDisruptedPods) {
    throw outOfOrder(name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller')
  }
  if (disruptionsAllowed === 0) throw violation(whyNone(budget))
  return {
    ...budget,
    status: {
      ...status,
      ...{ currentHealthy, desiredHealthy, expectedPods },
      ...(disruptionsAllowed === 1 ? { conditions: exhausted(budget, nowMs) } : {}),
      disruptionsAllowed: disruptionsAllowed - 1,
      disruptedPods: { ...status?.disruptedPods, [pod.metadata.name ?? '']: rfc3339(nowMs) },
    },
  }
}

/** The condition as it is when that was the last disruption allowed. */
function exhausted({ status }: PodDisruptionBudget, nowMs: number) {
  const condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'InsufficientPods',
    message: '',
    observedGeneration: status?.observedGeneration ?? 0,
    lastTransitionTime: '',
  }
  return setCondition(status?.conditions, condition, rfc3339(nowMs))
}

/** After a failed sync the counts are not to be believed. */
function whyNone({ metadata: { name }, status }: PodDisruptionBudget): string {
  const { desiredHealthy = 0, currentHealthy = 0 } = status ?? {}
  const condition = findCondition(status?.conditions, 'DisruptionAllowed')
  const told = condition?.status === 'False' && condition.message ? condition : undefined
  if (told?.reason === 'SyncFailed') {
    return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${told.message}`
  }
  if (currentHealthy <= desiredHealthy) {
    return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
  }
  const none = `The disruption budget ${name} does not allow evicting pods currently`
  return told ? `${none} (${told.reason}): ${told.message}` : none
}

function outOfOrder(name: string, why: string): StatusError {
  return forbidden({ group: 'policy', plural: 'poddisruptionbudget' }, name, why)
}

/** Also for a pod that changed while it was decided on: the client is to ask again. */
export function beingProcessed(name: string): StatusError {
  return violation(`The disruption budget ${name} is still being processed by the server.`, 10)
}

function violation(message: string, retryAfterSeconds?: number): StatusError {
  return new StatusError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: 'DisruptionBudget', message }],
    ...(retryAfterSeconds ? { retryAfterSeconds } : {}),
  })
}

export function severalBudgets(): StatusError {
  return new StatusError(
    500,
    '',
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  )
}

/** The pod with the condition that tells why it went. */
export function disrupted(pod: Pod, nowMs: number): Pod {
  const { generation } = pod.metadata
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  }
  const conditions = setCondition(pod.status?.conditions, condition, rfc3339(nowMs))
  return { ...pod, status: { ...pod.status, conditions } }
}
