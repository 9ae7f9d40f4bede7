// Empties a namespace that is being deleted, pods before all else, and lets it go when nothing is left.

import { hasReason } from '../api/errors.ts'
import type { KubeObject } from '../api/meta.ts'
import { type DiscoveredResource, discover } from '../client/discovery.ts'
import type { ControllerContext, ControllerEntry } from '../controller/context.ts'
import type { Controller } from '../controller/controller.ts'
import { semanticallyEqual } from '../controller/template-hash.ts'
import { watch } from '../controller/watch.ts'
import { type Namespace, namespaces } from '../kinds/core/namespace.ts'
import { type Pod, pods } from '../kinds/core/pod.ts'
import { type ContentReport, contentConditions, deletionFailure, estimateSeconds } from './namespace-content.ts'

export const namespaceController: ControllerEntry = {
  name: 'namespace-controller',
  serviceAccount: 'namespace-controller',
  make: namespaceReconciler,
}

const finalizer = 'kubernetes'

function namespaceReconciler({ client, informers, clock }: ControllerContext): Controller {
  const namespaceInformer = informers.of(namespaces)

  return {
    name: 'namespace',
    workers: 10,
    watches: [watch(namespaceInformer, goingKey), watch(informers.of(pods), emptiedKey)],
    reconcile,
  }

  function* goingKey(_old: Namespace | undefined, current: Namespace | undefined): Iterable<string> {
    if (current?.metadata.deletionTimestamp) yield current.metadata.name ?? ''
  }

  /** A pod that has ended is what a namespace mostly waits for. */
  function* emptiedKey(old: Pod | undefined, current: Pod | undefined): Iterable<string> {
    const name = old?.metadata.namespace ?? ''
    if (old && !current && namespaceInformer.get(name)?.metadata.deletionTimestamp) yield name
  }

  async function reconcile(name: string, signal: AbortSignal) {
    const known = namespaceInformer.get(name)
    if (!known?.metadata.deletionTimestamp) return
    const fresh = await client.get(namespaces, { name }, signal).catch(ignoreNotFound)
    if (!fresh?.metadata.deletionTimestamp || fresh.metadata.uid !== known.metadata.uid) return
    const namespace = await markTerminating(fresh, signal)
    if (!namespace.spec?.finalizers?.includes(finalizer)) return
    const { report, waitSeconds } = await deleteAllContent(name, signal)
    const told = await writeConditions(namespace, report, signal)
    const failures = [...report.discoveryFailures, ...report.deletionFailures]
    if (failures.length > 0) throw new Error(failures.join(', '))
    // Half of what it may take: most is gone earlier than it must be.
    if (report.remaining.length > 0) return { requeueAfterMs: (Math.floor(waitSeconds / 2) + 1) * 1000 }
    await finalize(told, signal)
  }

  async function markTerminating(namespace: Namespace, signal: AbortSignal): Promise<Namespace> {
    if (namespace.status?.phase === 'Terminating') return namespace
    const status = { ...namespace.status, phase: 'Terminating' }
    return client.update(namespaces, { ...namespace, status }, { subresource: 'status' }, signal)
  }

  async function deleteAllContent(namespace: string, signal: AbortSignal) {
    const { resources, failures } = await discover(client, signal)
    const report: ContentReport = {
      discoveryFailures: failures.map(({ groupVersion, error }) => `${groupVersion}: ${error.message}`),
      deletionFailures: [],
      remaining: [],
      finalizers: new Map(),
    }
    const deletable = resources.filter(isDeletable)
    const isPods = ({ group, plural }: DiscoveredResource) => group === '' && plural === 'pods'
    // What pods use (Secrets, claims, policies) stays until they have ended.
    let waitSeconds = await deleteAll(deletable.filter(isPods), namespace, report, signal)
    if (report.remaining.length === 0) {
      const others = deletable.filter(definition => !isPods(definition))
      waitSeconds = await deleteAll(others, namespace, report, signal)
    }
    return { report, waitSeconds }
  }

  async function deleteAll(
    definitions: DiscoveredResource[],
    namespace: string,
    report: ContentReport,
    signal: AbortSignal,
  ): Promise<number> {
    const waits = await Promise.all(
      definitions.map(definition =>
        deleteKind(definition, namespace, report, signal).catch(error => {
          signal.throwIfAborted()
          report.deletionFailures.push(deletionFailure(definition, error))
          return 0
        }),
      ),
    )
    return Math.max(0, ...waits)
  }

  async function deleteKind(
    definition: DiscoveredResource,
    namespace: string,
    report: ContentReport,
    signal: AbortSignal,
  ): Promise<number> {
    if (definition.verbs.includes('deletecollection')) {
      await client.deleteCollection(definition, { namespace }, { propagationPolicy: 'Background' }, signal)
    } else await deleteEach(definition, namespace, signal)
    const { items } = await client.list(definition, { namespace }, signal)
    if (items.length === 0) return 0
    report.remaining.push({ definition, count: items.length })
    for (const name of items.flatMap(item => item.metadata.finalizers ?? [])) {
      report.finalizers.set(name, (report.finalizers.get(name) ?? 0) + 1)
    }
    return estimateSeconds(definition, items)
  }

  async function deleteEach(definition: DiscoveredResource, namespace: string, signal: AbortSignal): Promise<void> {
    const { items } = await client.list(definition, { namespace }, signal)
    const remove = ({ metadata: { name = '' } }: KubeObject) =>
      client.delete(definition, { namespace, name }, { propagationPolicy: 'Background' }, signal).catch(ignoreNotFound)
    await Promise.all(items.map(remove))
  }

  async function writeConditions(namespace: Namespace, report: ContentReport, signal: AbortSignal): Promise<Namespace> {
    const old = namespace.status?.conditions ?? []
    const conditions = contentConditions(old, report, clock.now())
    if (semanticallyEqual(old, conditions)) return namespace
    const status = { ...namespace.status, conditions }
    return client.update(namespaces, { ...namespace, status }, { subresource: 'status' }, signal)
  }

  async function finalize(namespace: Namespace, signal: AbortSignal): Promise<undefined> {
    const finalizers = namespace.spec?.finalizers?.filter(name => name !== finalizer) ?? []
    const done = { ...namespace, spec: { ...namespace.spec, finalizers } }
    await client.update(namespaces, done, { subresource: 'finalize' }, signal).catch(ignoreNotFound)
  }
}

function isDeletable({ scope, verbs }: DiscoveredResource): boolean {
  const can = (verb: string) => verbs.includes(verb)
  return scope === 'Namespaced' && can('list') && can('delete')
}

function ignoreNotFound(error: unknown): undefined {
  if (!hasReason(error, 'NotFound')) throw error
}
