// Who owns whom, over all kinds: objects by uid, each with those that name it as an owner. The pure half of the garbage
// collector; `observe` keeps it current and says which objects a change makes worth a look.

import type { KubeObject, OwnerReference } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'

export interface GraphNode {
  definition: ResourceDefinition
  object: KubeObject
}

export const orphanFinalizer = 'orphan'
export const foregroundFinalizer = 'foregroundDeletion'

export const uidOf = (obj: KubeObject): string => obj.metadata.uid ?? ''
export const ownersOf = (obj: KubeObject): OwnerReference[] => obj.metadata.ownerReferences ?? []

export function isGoingWith(obj: KubeObject, finalizer: string): boolean {
  return obj.metadata.deletionTimestamp !== undefined && obj.metadata.finalizers?.includes(finalizer) === true
}

export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>()
  readonly #dependents = new Map<string, Set<string>>()

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid)
  }

  dependentsOf(uid: string): GraphNode[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap(dependent => this.#nodes.get(dependent) ?? [])
  }

  /** Takes in a change and answers the uids to look at, in the order to look at them. */
  observe(definition: ResourceDefinition, old: KubeObject | undefined, current: KubeObject | undefined): string[] {
    if (!current) return old ? this.#removed(old) : []
    const uid = uidOf(current)
    this.#nodes.set(uid, { definition, object: current })
    const before = new Set(old ? ownersOf(old).map(ref => ref.uid) : [])
    const after = new Set(ownersOf(current).map(ref => ref.uid))
    for (const owner of after) this.#link(owner, uid)
    const left = [...before].filter(owner => !after.has(owner))
    for (const owner of left) this.#unlink(owner, uid)
    return [...this.#affected(old, current), ...left]
  }

  #affected(old: KubeObject | undefined, current: KubeObject): string[] {
    const uid = uidOf(current)
    if (!old || !sameForUs(old, current)) {
      const going = isGoingWith(current, foregroundFinalizer) && !(old && isGoingWith(old, foregroundFinalizer))
      return [uid, ...(going ? (this.#dependents.get(uid) ?? []) : []), ...ownersOf(current).map(ref => ref.uid)]
    }
    return []
  }

  #removed(old: KubeObject): string[] {
    const uid = uidOf(old)
    this.#nodes.delete(uid)
    const owners = ownersOf(old).map(ref => ref.uid)
    for (const owner of owners) this.#unlink(owner, uid)
    return [...(this.#dependents.get(uid) ?? []), ...owners]
  }

  #link(owner: string, dependent: string): void {
    const dependents = this.#dependents.get(owner) ?? new Set()
    this.#dependents.set(owner, dependents.add(dependent))
  }

  #unlink(owner: string, dependent: string): void {
    const dependents = this.#dependents.get(owner)
    dependents?.delete(dependent)
    if (dependents?.size === 0) this.#dependents.delete(owner)
  }
}

/** Statuses change all the time; owners, finalizers and deletion do not. */
function sameForUs(a: KubeObject, b: KubeObject): boolean {
  const facts = ({ metadata: { ownerReferences = [], finalizers = [], deletionTimestamp } }: KubeObject) =>
    JSON.stringify([ownerReferences, finalizers, deletionTimestamp])
  return facts(a) === facts(b)
}
