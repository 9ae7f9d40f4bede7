// What the garbage collector does about one object. Pure: what it must know of the live cluster it asks for first.

import type { OwnerReference } from '../api/meta.ts'
import {
  foregroundFinalizer,
  type GraphNode,
  isGoingWith,
  type OwnerGraph,
  orphanFinalizer,
  ownersOf,
  uidOf,
} from './garbage-collector-graph.ts'

export type Decision =
  | { do: 'nothing' }
  /** Owners that the graph does not know: only the live cluster can say that they are gone. */
  | { do: 'verify'; owners: OwnerReference[] }
  /** Strike the object from its dependents' owners, then take the finalizer away. */
  | { do: 'orphan'; dependents: GraphNode[] }
  | { do: 'finish'; finalizer: string }
  /** It has an owner yet: only these others are struck. */
  | { do: 'strike'; uids: string[] }
  /** Nobody owns it any more. `unblock`: dependents that wait for their owner as it waits for them. */
  | { do: 'delete'; propagationPolicy: 'Orphan' | 'Foreground' | 'Background'; unblock: GraphNode[] }

const nothing: Decision = { do: 'nothing' }

/** `isAbsent`: the owner was looked for and is not there. */
export function decide(node: GraphNode, graph: OwnerGraph, isAbsent: (ref: OwnerReference) => boolean): Decision {
  const { object } = node
  if (isGoingWith(object, orphanFinalizer)) return { do: 'orphan', dependents: graph.dependentsOf(uidOf(object)) }
  if (isGoingWith(object, foregroundFinalizer)) {
    return isBlocked(node, graph) ? nothing : { do: 'finish', finalizer: foregroundFinalizer }
  }
  if (object.metadata.deletionTimestamp || ownersOf(object).length === 0) return nothing
  return decideByOwners(node, graph, isAbsent)
}

function isBlocked({ object }: GraphNode, graph: OwnerGraph): boolean {
  const uid = uidOf(object)
  return graph
    .dependentsOf(uid)
    .some(dependent => ownersOf(dependent.object).some(ref => ref.uid === uid && ref.blockOwnerDeletion))
}

function decideByOwners(node: GraphNode, graph: OwnerGraph, isAbsent: (ref: OwnerReference) => boolean): Decision {
  const owners = ownersOf(node.object).map(ref => ({ ref, state: ownerState(node, ref, graph, isAbsent) }))
  const inState = (state: OwnerState) => owners.filter(owner => owner.state === state).map(owner => owner.ref)
  const unknown = inState('unknown')
  const gone = [...inState('absent'), ...inState('waiting')]
  // With one owner that stays, the unknown ones matter only for what is struck; they are asked for all the same.
  if (unknown.length > 0) return { do: 'verify', owners: unknown }
  if (inState('present').length > 0) return gone.length > 0 ? { do: 'strike', uids: gone.map(ref => ref.uid) } : nothing
  const dependents = graph.dependentsOf(uidOf(node.object))
  if (inState('waiting').length > 0 && dependents.length > 0) {
    const circular = dependents.filter(({ object }) => isGoingWith(object, foregroundFinalizer))
    return { do: 'delete', propagationPolicy: 'Foreground', unblock: circular }
  }
  return { do: 'delete', propagationPolicy: policyOf(node), unblock: [] }
}

type OwnerState = 'present' | 'waiting' | 'absent' | 'unknown'

function ownerState(
  { object }: GraphNode,
  ref: OwnerReference,
  graph: OwnerGraph,
  isAbsent: (ref: OwnerReference) => boolean,
): OwnerState {
  const owner = graph.get(ref.uid)
  if (owner && isWithinReach(owner, object.metadata.namespace)) {
    return isGoingWith(owner.object, foregroundFinalizer) ? 'waiting' : 'present'
  }
  return isAbsent(ref) ? 'absent' : 'unknown'
}

/** An owner stands in the object's own namespace, or in none. */
function isWithinReach({ definition, object }: GraphNode, namespace: string | undefined): boolean {
  return definition.scope === 'Cluster' || object.metadata.namespace === namespace
}

/** A finalizer that is there already says what becomes of the object's own dependents. */
function policyOf({ object: { metadata } }: GraphNode): 'Orphan' | 'Foreground' | 'Background' {
  if (metadata.finalizers?.includes(orphanFinalizer)) return 'Orphan'
  return metadata.finalizers?.includes(foregroundFinalizer) ? 'Foreground' : 'Background'
}
