// NodeResourcesBalancedAllocation: prefers the node whose shares of cpu and memory would be closest to each other.

import { maxNodeScore, type NodeInfo, type SchedulerPlugin } from '../framework.ts'
import { podRequests, type Resources } from '../resources.ts'

export const balancedAllocation: SchedulerPlugin = {
  name: 'NodeResourcesBalancedAllocation',
  requeueOn: [],
  score: (pod, node) => balance(podRequests(pod), node),
}

function balance(requests: Resources, { requested, allocatable }: NodeInfo): number {
  const share = (name: string) => {
    const capacity = allocatable[name] ?? 0
    return capacity === 0 ? 1 : Math.min(1, ((requested[name] ?? 0) + (requests[name] ?? 0)) / capacity)
  }
  // The standard deviation of two values is half their distance.
  return Math.floor((1 - Math.abs(share('cpu') - share('memory')) / 2) * maxNodeScore)
}
