// Which class of service a pod has, and how readily the kernel may kill its processes when memory runs out.
// https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/

import { compareQuantity, parseQuantity, quantityValue } from '../api/quantity.ts'
import { type Container, containersOf, type Pod } from './pod.ts'

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

const counted = ['cpu', 'memory'] as const

export function qosClass(pod: Pod): QosClass {
  const own = pod.spec?.resources
  const all = own?.requests || own?.limits ? [own] : containersOf(pod).map(({ spec }) => spec.resources ?? {})
  const isSet = (text: string | undefined) => text !== undefined && quantityValue(parseQuantity(text)) > 0n
  if (!all.some(({ requests, limits }) => counted.some(name => isSet(requests?.[name]) || isSet(limits?.[name])))) {
    return 'BestEffort'
  }
  const guaranteed = all.every(({ requests, limits }) =>
    counted.every(name => {
      const limit = limits?.[name]
      const request = requests?.[name] ?? limit
      if (limit === undefined || request === undefined || !isSet(limit)) return false
      return compareQuantity(parseQuantity(limit), parseQuantity(request)) === 0
    }),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

/** -997 … 1000: the more of its node's memory a burstable container asks for, the safer it is. */
export function oomScoreAdj(pod: Pod, { resources }: Container, nodeMemoryBytes: number): number {
  if (pod.spec?.priorityClassName === 'system-node-critical') return -997
  const qos = qosClass(pod)
  if (qos === 'Guaranteed') return -997
  if (qos === 'BestEffort') return 1000
  const request = Number(quantityValue(parseQuantity(resources?.requests?.memory ?? '0')))
  const score = 1000 - Math.floor((1000 * request) / nodeMemoryBytes)
  return Math.min(999, Math.max(3, score))
}
