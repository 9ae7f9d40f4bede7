// Nodes with what runs on them, kept up to date by informer events. A pod that was just given a node counts there before
// the API has said so (assumed), until its binding is seen or fails.

import { keyOf } from '../api/meta.ts'
import type { Node } from '../kinds/core/node.ts'
import type { Pod } from '../kinds/core/pod.ts'
import type { NodeInfo } from './framework.ts'
import { addTo, parseResources, podRequests, type Resources, subtractFrom } from './resources.ts'

interface Entry {
  name: string
  /** Absent while pods are known of a node that is not. */
  node: Node | undefined
  pods: Map<string, Pod>
  requested: Resources
  allocatable: Resources
}

/** A pod that has ended takes nothing from its node any more. */
export function hasEnded(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

export class SchedulerCache {
  readonly #entries = new Map<string, Entry>()
  /** Which node a pod counts on, by pod key. */
  readonly #placed = new Map<string, { node: string; pod: Pod; assumed: boolean }>()
  #list: NodeInfo[] | undefined

  /** A live view, not a copy: good until the next event, and `schedule` awaits nothing. */
  nodes(): readonly NodeInfo[] {
    this.#list ??= [...this.#entries.values()].filter((entry): entry is Entry & { node: Node } => Boolean(entry.node))
    return this.#list
  }

  setNode(node: Node): void {
    const entry = this.#entry(node.metadata.name ?? '')
    entry.node = node
    entry.allocatable = parseResources(node.status?.allocatable)
    this.#list = undefined
  }

  removeNode(name: string): void {
    const entry = this.#entries.get(name)
    if (!entry) return
    entry.node = undefined
    this.#list = undefined
    this.#dropIfEmpty(entry)
  }

  /** A pod that the API says is on a node. It replaces what was assumed. */
  setPod(pod: Pod): void {
    const key = keyOf(pod)
    this.#take(key)
    const node = pod.spec?.nodeName
    if (node && !hasEnded(pod)) this.#place(key, pod, node, false)
  }

  removePod(key: string): void {
    this.#take(key)
  }

  assume(pod: Pod, node: string): void {
    this.#place(keyOf(pod), pod, node, true)
  }

  isAssumed(key: string): boolean {
    return this.#placed.get(key)?.assumed ?? false
  }

  /** The binding failed. Another pod of its name stays. */
  forget(pod: Pod): void {
    const placed = this.#placed.get(keyOf(pod))
    if (placed?.assumed && placed.pod.metadata.uid === pod.metadata.uid) this.#take(keyOf(pod))
  }

  #place(key: string, pod: Pod, node: string, assumed: boolean): void {
    const entry = this.#entry(node)
    entry.pods.set(key, pod)
    addTo(entry.requested, podRequests(pod))
    this.#placed.set(key, { node, pod, assumed })
  }

  #take(key: string): void {
    const placed = this.#placed.get(key)
    if (!placed) return
    this.#placed.delete(key)
    const entry = this.#entry(placed.node)
    entry.pods.delete(key)
    subtractFrom(entry.requested, podRequests(placed.pod))
    this.#dropIfEmpty(entry)
  }

  #entry(name: string): Entry {
    let entry = this.#entries.get(name)
    if (!entry) {
      entry = { name, node: undefined, pods: new Map(), requested: {}, allocatable: {} }
      this.#entries.set(name, entry)
    }
    return entry
  }

  #dropIfEmpty(entry: Entry): void {
    if (!entry.node && entry.pods.size === 0) this.#entries.delete(entry.name)
  }
}
