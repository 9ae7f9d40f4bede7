// Keeps a Service's EndpointSlices, by which its traffic finds pods.

import { hasReason } from '../api/errors.ts'
import { keyOf, splitKey, toKey } from '../api/meta.ts'
import type { ControllerContext, ControllerEntry } from '../controller/context.ts'
import type { Controller } from '../controller/controller.ts'
import { isNamespaceTerminating } from '../controller/namespace-terminating.ts'
import { watch } from '../controller/watch.ts'
import { nodes } from '../kinds/core/node.ts'
import { type Pod, pods } from '../kinds/core/pod.ts'
import { services } from '../kinds/core/service.ts'
import { type EndpointSlice, endpointSlices } from '../kinds/discovery/endpoint-slice.ts'
import { managedBy, managedByLabel, planSlices, serviceNameLabel } from './endpointslice-plan.ts'
import { endpointsOf, hasSelector, sameForEndpoints, selectsPod } from './service-endpoints.ts'

export const endpointSliceController: ControllerEntry = {
  name: 'endpointslice-controller',
  serviceAccount: 'endpointslice-controller',
  make: endpointSliceReconciler,
}

function endpointSliceReconciler({ client, informers }: ControllerContext): Controller {
  const serviceInformer = informers.of(services)
  const podInformer = informers.of(pods)
  const sliceInformer = informers.of(endpointSlices)
  const nodeInformer = informers.of(nodes)
  const servicesByNamespace = serviceInformer.index('namespace', service => [service.metadata.namespace ?? ''])
  const podsByNamespace = podInformer.index('namespace', pod => [pod.metadata.namespace ?? ''])
  const slicesByService = sliceInformer.index('service', slice => [serviceOf(slice)].filter(key => key !== ''))

  return {
    name: 'endpoint-slice',
    watches: [
      watch(serviceInformer),
      watch(podInformer, podKeys),
      watch(sliceInformer, sliceKeys),
      watch(nodeInformer, () => []),
    ],
    reconcile,
  }

  function* podKeys(old: Pod | undefined, current: Pod | undefined): Iterable<string> {
    if (old && current && sameForEndpoints(old, current)) return
    const { namespace = '' } = (current ?? old)?.metadata ?? {}
    for (const service of servicesByNamespace.get(namespace)) {
      if ([old, current].some(pod => pod && selectsPod(service, pod))) yield keyOf(service)
    }
  }

  function* sliceKeys(old: EndpointSlice | undefined, current: EndpointSlice | undefined): Iterable<string> {
    for (const slice of [old, current]) if (slice && serviceOf(slice)) yield serviceOf(slice)
  }

  async function reconcile(key: string, signal: AbortSignal): Promise<undefined> {
    const service = serviceInformer.get(key)
    // The slices of a Service that is gone are garbage, and collected as such.
    if (!service || !hasSelector(service) || service.metadata.deletionTimestamp) return
    const { namespace = '' } = service.metadata
    const selected = podsByNamespace.get(namespace).filter(pod => selectsPod(service, pod))
    const current = slicesByService.get(key).filter(slice => !slice.metadata.deletionTimestamp)
    const plan = planSlices(service, endpointsOf(service, selected), current, name => nodeInformer.get(name))
    for (const slice of plan.create) await create(slice, signal)
    for (const slice of plan.update) await client.update(endpointSlices, slice, {}, signal)
    for (const slice of plan.delete) await remove(slice, signal)
  }

  async function create(slice: EndpointSlice, signal: AbortSignal): Promise<void> {
    try {
      await client.create(endpointSlices, slice, signal)
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error
    }
  }

  async function remove(slice: EndpointSlice, signal: AbortSignal): Promise<void> {
    const { uid } = slice.metadata
    try {
      await client.delete(endpointSlices, splitKey(keyOf(slice)), uid ? { preconditions: { uid } } : {}, signal)
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error
    }
  }
}

/** The key of the Service a slice of ours belongs to. */
function serviceOf({ metadata: { labels, namespace } }: EndpointSlice): string {
  const name = labels?.[serviceNameLabel]
  return name && labels[managedByLabel] === managedBy ? toKey(namespace, name) : ''
}
