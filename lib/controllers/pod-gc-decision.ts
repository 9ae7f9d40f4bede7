// Which pods nobody will ever finish: bound to nodes that are gone, deleted before they had one, ended long ago. Pure.

import { isPodTerminated } from '../controller/pod.ts'
import type { Node } from '../kinds/core/node.ts'
import type { Pod } from '../kinds/core/pod.ts'

export interface PodsToRemove {
  /** On nodes that are not in the list; whether these are really gone is still to be asked. */
  orphaned: Pod[]
  unscheduled: Pod[]
  /** On nodes of which an operator has said that they are out of service. */
  outOfService: Pod[]
  /** Beyond the threshold of ended pods to keep. */
  ended: Pod[]
}

export function podsToRemove(all: Pod[], nodes: Map<string, Node>, keepEnded: number): PodsToRemove {
  const going = all.filter(pod => pod.metadata.deletionTimestamp)
  const nodeOf = (pod: Pod) => nodes.get(pod.spec?.nodeName ?? '')
  return {
    orphaned: all.filter(pod => pod.spec?.nodeName && !nodeOf(pod)),
    unscheduled: going.filter(pod => !pod.spec?.nodeName),
    outOfService: going.filter(pod => isOutOfService(nodeOf(pod))),
    ended: keepEnded > 0 ? beyond(all.filter(isEnded), keepEnded) : [],
  }
}

const isEnded = (pod: Pod) => isPodTerminated(pod) && !pod.metadata.deletionTimestamp

function isOutOfService(node: Node | undefined): boolean {
  const ready = node?.status?.conditions?.find(condition => condition.type === 'Ready')
  const tainted = node?.spec?.taints?.some(taint => taint.key === 'node.kubernetes.io/out-of-service')
  return tainted === true && ready?.status !== 'True'
}

/** Evicted pods go first, then the oldest. */
function beyond(ended: Pod[], keep: number): Pod[] {
  const evicted = (pod: Pod) => (pod.status?.reason === 'Evicted' ? 0 : 1)
  const created = (pod: Pod) => pod.metadata.creationTimestamp ?? ''
  const ordered = ended.toSorted(
    (a, b) =>
      evicted(a) - evicted(b) ||
      compare(created(a), created(b)) ||
      compare(a.metadata.name ?? '', b.metadata.name ?? ''),
  )
  return ordered.slice(0, Math.max(0, ended.length - keep))
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
