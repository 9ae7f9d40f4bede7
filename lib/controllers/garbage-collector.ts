// Deletes what nobody owns any more, and finishes deletions that wait for, or let go of, what is owned.

import { hasReason, qualified } from '../api/errors.ts'
import { keyOf, type ObjectKey, type OwnerReference, parseApiVersion, splitKey } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { ControllerContext, ControllerEntry } from '../controller/context.ts'
import type { Controller } from '../controller/controller.ts'
import { watch } from '../controller/watch.ts'
import { CustomKindsWatch } from './garbage-collector-custom.ts'
import { type Decision, decide } from './garbage-collector-decision.ts'
import { type GraphNode, OwnerGraph, orphanFinalizer, ownersOf, uidOf } from './garbage-collector-graph.ts'

export const garbageCollector: ControllerEntry = {
  name: 'garbage-collector-controller',
  serviceAccount: 'generic-garbage-collector',
  make: collector,
}

const ignored = new Set(['events', 'events.events.k8s.io'])
const maxAbsent = 10_000

function collector(context: ControllerContext): Controller {
  const { client, informers, kinds, log } = context
  const graph = new OwnerGraph()
  const custom = new CustomKindsWatch(context, (definition, old, current) => graph.observe(definition, old, current))
  const collected = kinds.filter(isCollected)
  /** Uids are never used again: one that was absent stays so. */
  const absent = new Set<string>()

  return {
    name: 'garbage-collector',
    workers: 20,
    watches: [
      ...collected.map(definition =>
        watch(informers.of(definition), (old, current) => graph.observe(definition, old, current)),
      ),
      custom,
    ],
    reconcile,
  }

  async function reconcile(uid: string, signal: AbortSignal): Promise<undefined> {
    const node = graph.get(uid)
    if (!node) return
    const decision = decide(node, graph, ref => absent.has(ref.uid))
    if (decision.do === 'nothing') return
    if (decision.do !== 'verify') return carryOut(node, decision, signal)
    const unknown = await Promise.all(decision.owners.map(ref => isGone(node, ref, signal)))
    // Those that live will be in the graph presently, and what they own is looked at when they go.
    if (unknown.some(gone => !gone)) return strikeKnown(node, signal)
    return reconcile(uid, signal)
  }

  async function strikeKnown(node: GraphNode, signal: AbortSignal): Promise<undefined> {
    const gone = ownersOf(node.object).filter(ref => absent.has(ref.uid))
    if (gone.length > 0) await strike(node, new Set(gone.map(ref => ref.uid)), signal)
  }

  /** Asks the API server, since our view of another kind may be behind. */
  async function isGone(node: GraphNode, ref: OwnerReference, signal: AbortSignal): Promise<boolean> {
    const definition = definitionOf(ref)
    const { namespace } = node.object.metadata
    // A cluster-scoped object cannot have an owner in a namespace: there is none to look in.
    if (definition.scope === 'Cluster' || namespace) {
      const at =
        definition.scope === 'Cluster' ? { name: ref.name } : { name: ref.name, ...(namespace ? { namespace } : {}) }
      const found = await client.get(definition, at, signal).catch(ignoreNotFound)
      if (found?.metadata.uid === ref.uid) return false
    }
    if (absent.size >= maxAbsent) absent.clear()
    absent.add(ref.uid)
    return true
  }

  function definitionOf({ apiVersion, kind }: OwnerReference): ResourceDefinition {
    const { group, version } = parseApiVersion(apiVersion)
    const known = [...kinds, ...custom.kinds].filter(def => def.group === group && def.kind === kind)
    const definition = known.find(def => def.version === version) ?? known[0]
    if (!definition) throw new Error(`no kind "${kind}" is known in ${apiVersion}`)
    return definition
  }

  async function carryOut(
    node: GraphNode,
    decision: Exclude<Decision, { do: 'nothing' | 'verify' }>,
    signal: AbortSignal,
  ): Promise<undefined> {
    log.debug({ kind: qualified(node.definition), key: keyOf(node.object), decision: decision.do }, 'collecting')
    switch (decision.do) {
      case 'orphan':
        await Promise.all(
          decision.dependents.map(dependent => strike(dependent, new Set([uidOf(node.object)]), signal)),
        )
        return finish(node, orphanFinalizer, signal)
      case 'finish':
        return finish(node, decision.finalizer, signal)
      case 'strike':
        return strike(node, new Set(decision.uids), signal)
      case 'delete':
        await Promise.all(decision.unblock.map(dependent => unblock(dependent, node, signal)))
        return remove(node, decision.propagationPolicy, signal)
    }
  }

  async function finish(node: GraphNode, finalizer: string, signal: AbortSignal): Promise<undefined> {
    const finalizers = node.object.metadata.finalizers?.filter(name => name !== finalizer) ?? []
    await change(node, { finalizers }, signal)
  }

  async function strike(node: GraphNode, uids: Set<string>, signal: AbortSignal): Promise<undefined> {
    const ownerReferences = ownersOf(node.object).filter(ref => !uids.has(ref.uid))
    await change(node, { ownerReferences }, signal)
  }

  async function unblock(dependent: GraphNode, owner: GraphNode, signal: AbortSignal): Promise<void> {
    const uid = uidOf(owner.object)
    const ownerReferences = ownersOf(dependent.object).map(ref =>
      ref.uid === uid ? { ...ref, blockOwnerDeletion: false } : ref,
    )
    await change(dependent, { ownerReferences }, signal)
  }

  /** On the very version that was decided on; a conflict decides anew. */
  async function change({ definition, object }: GraphNode, metadata: object, signal: AbortSignal): Promise<void> {
    const { resourceVersion, uid } = object.metadata
    const patch = { metadata: { ...metadata, resourceVersion, uid } }
    await client.patch(definition, at(object), patch, { type: 'merge' }, signal).catch(ignoreNotFound)
  }

  async function remove(
    { definition, object }: GraphNode,
    propagationPolicy: 'Orphan' | 'Foreground' | 'Background',
    signal: AbortSignal,
  ): Promise<undefined> {
    const { uid, resourceVersion } = object.metadata
    const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) }
    try {
      await client.delete(definition, at(object), { propagationPolicy, preconditions }, signal)
    } catch (error) {
      ignoreNotFound(error)
    }
  }
}

const at = (object: GraphNode['object']): ObjectKey => splitKey(keyOf(object))

function isCollected(definition: ResourceDefinition): boolean {
  const verbs = definition.verbs ?? ['list', 'watch', 'delete']
  return !ignored.has(qualified(definition)) && ['list', 'watch', 'delete'].every(verb => verbs.includes(verb))
}

function ignoreNotFound(error: unknown): undefined {
  if (!hasReason(error, 'NotFound')) throw error
}
