// NodeResourcesFit: what the pod asks for must be free; nodes with the most left over come first (LeastAllocated).

import { fits, maxNodeScore, type NodeInfo, rejects, type SchedulerPlugin } from '../framework.ts'
import { podRequests, type Resources } from '../resources.ts'

export const nodeResourcesFit: SchedulerPlugin = {
  name: 'NodeResourcesFit',
  requeueOn: ['node-added', 'node-changed', 'pod-gone', 'pod-changed'],
  filter(pod, node) {
    const reasons = shortages(podRequests(pod), node)
    return reasons.length > 0 ? rejects(...reasons) : fits
  },
  score: (pod, node) => leastAllocated(scoringRequests(podRequests(pod)), node),
}

function shortages(requests: Resources, { requested, allocatable, pods }: NodeInfo): string[] {
  const tooMany = pods.size + 1 > (allocatable.pods ?? 0) ? ['Too many pods'] : []
  const short = Object.entries(requests)
    .filter(([name, amount]) => amount > 0 && amount > (allocatable[name] ?? 0) - (requested[name] ?? 0))
    .map(([name]) => `Insufficient ${name}`)
  return [...tooMany, ...short]
}

/** A pod that asks for nothing still takes something: upstream counts 100m and 200 MiB for scores. */
function scoringRequests(requests: Resources): Resources {
  return { cpu: requests.cpu || 100, memory: requests.memory || 200 * 1024 * 1024 }
}

function leastAllocated(requests: Resources, { requested, allocatable }: NodeInfo): number {
  const scores = Object.entries(requests).map(([name, amount]) => {
    const capacity = allocatable[name] ?? 0
    const left = capacity - (requested[name] ?? 0) - amount
    return capacity === 0 || left < 0 ? 0 : Math.floor((left * maxNodeScore) / capacity)
  })
  return Math.floor(scores.reduce((sum, score) => sum + score, 0) / scores.length)
}
