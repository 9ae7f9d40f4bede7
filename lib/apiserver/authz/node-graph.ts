// Which nodes may know of which objects: those that run a pod which names them. Kept in step with the pods.

import type { V1PersistentVolume, V1Pod, V1VolumeAttachment } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import { deferred } from '../../util/async.ts'
import type { WatchCache } from '../watch-cache.ts'
import { follow } from './follow.ts'
import { podReferences } from './pod-references.ts'

type Pod = Kube<V1Pod>

export class NodeGraph {
  readonly #cache: WatchCache
  /** Object → node → how many of its pods name the object. */
  readonly #nodesOf = new Map<string, Map<string, number>>()
  readonly #pods = new Map<string, { node: string; references: string[] }>()
  readonly #loaded = deferred<void>()

  constructor(cache: WatchCache) {
    this.#cache = cache
  }

  get loaded(): Promise<void> {
    return this.#loaded.promise
  }

  run(signal: AbortSignal): Promise<void> {
    return follow(
      this.#cache,
      'pods/',
      {
        reset: objects => {
          for (const key of [...this.#pods.keys()]) this.remove(key)
          for (const { key, object } of objects) this.set(key, object as Pod)
          this.#loaded.resolve()
        },
        change: ({ key, current }) => (current ? this.set(key, current.object as Pod) : this.remove(key)),
      },
      signal,
    )
  }

  set(key: string, pod: Pod): void {
    this.remove(key)
    const node = pod.spec?.nodeName
    if (!node) return
    const references = [key, ...podReferences(pod)]
    this.#pods.set(key, { node, references })
    for (const reference of references) {
      const nodes = this.#nodesOf.get(reference) ?? new Map<string, number>()
      nodes.set(node, (nodes.get(node) ?? 0) + 1)
      this.#nodesOf.set(reference, nodes)
    }
  }

  remove(key: string): void {
    const pod = this.#pods.get(key)
    if (!pod) return
    this.#pods.delete(key)
    for (const reference of pod.references) {
      const nodes = this.#nodesOf.get(reference)
      const count = nodes?.get(pod.node) ?? 0
      if (count > 1) nodes?.set(pod.node, count - 1)
      else nodes?.delete(pod.node)
      if (nodes?.size === 0) this.#nodesOf.delete(reference)
    }
  }

  /** `reference` as podReferences makes them, and `pods/<namespace>/<name>`. */
  isNeeded(reference: string, node: string): boolean {
    return this.#nodesOf.get(reference)?.has(node) ?? false
  }

  /** A volume is needed where the claim it is bound to is. */
  isVolumeNeeded(volume: string, node: string): boolean {
    const found = this.#cache.get(`persistentvolumes/${volume}`)?.object as Kube<V1PersistentVolume> | undefined
    const claim = found?.spec?.claimRef
    return claim !== undefined && this.isNeeded(`persistentvolumeclaims/${claim.namespace}/${claim.name}`, node)
  }

  isAttachedTo(attachment: string, node: string): boolean {
    const found = this.#cache.get(`volumeattachments/${attachment}`)?.object as Kube<V1VolumeAttachment> | undefined
    return found?.spec.nodeName === node
  }
}
