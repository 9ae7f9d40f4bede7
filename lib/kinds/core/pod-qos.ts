// A pod's quality of service: who is killed last when a node runs short.
// https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/

import { compareQuantity, isZero, parseQuantity } from '../../api/quantity.ts'
import type { PodSpec, ResourceRequirements } from './pod-types.ts'

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

const computeResources = ['cpu', 'memory'] as const

/** Amounts of zero count as not given. */
function given(amounts: Record<string, string> | undefined, resource: string): string | undefined {
  const text = amounts?.[resource]
  return text !== undefined && !isZero(parseQuantity(text)) ? text : undefined
}

export function qosClassOf(spec: PodSpec): QosClass {
  const all: (ResourceRequirements | undefined)[] = hasPodResources(spec)
    ? [spec.resources]
    : [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ resources }) => resources)
  if (!all.some(asksForSomething)) return 'BestEffort'
  return all.every(isGuaranteed) ? 'Guaranteed' : 'Burstable'
}

function hasPodResources({ resources }: PodSpec): boolean {
  return resources !== undefined && asksForSomething(resources)
}

function asksForSomething(resources: ResourceRequirements | undefined): boolean {
  return computeResources.some(name => given(resources?.requests, name) ?? given(resources?.limits, name))
}

/** Both limits set, and the requests equal to them. */
function isGuaranteed(resources: ResourceRequirements | undefined): boolean {
  return computeResources.every(name => {
    const limit = given(resources?.limits, name)
    const request = given(resources?.requests, name) ?? limit
    return limit && request && compareQuantity(parseQuantity(limit), parseQuantity(request)) === 0
  })
}
