// Keeps a Service's Endpoints: the older form of EndpointSlices, which some clients still read.

import { hasReason } from '../api/errors.ts'
import { keyOf, splitKey } from '../api/meta.ts'
import type { ControllerContext, ControllerEntry } from '../controller/context.ts'
import type { Controller } from '../controller/controller.ts'
import { isNamespaceTerminating } from '../controller/namespace-terminating.ts'
import { semanticallyEqual } from '../controller/template-hash.ts'
import { watch } from '../controller/watch.ts'
import { type Endpoints, endpoints } from '../kinds/core/endpoints.ts'
import { type Pod, pods } from '../kinds/core/pod.ts'
import { type Service, services } from '../kinds/core/service.ts'
import { endpointsOf, hasSelector, type PodEndpoint, sameForEndpoints, selectsPod } from './service-endpoints.ts'

export const endpointsController: ControllerEntry = {
  name: 'endpoints-controller',
  serviceAccount: 'endpoint-controller',
  make: endpointsReconciler,
}

export const managedBy = 'endpoint-controller'
const maxAddresses = 1000 // per subset, as upstream truncates

function endpointsReconciler({ client, informers }: ControllerContext): Controller {
  const serviceInformer = informers.of(services)
  const podInformer = informers.of(pods)
  const endpointsInformer = informers.of(endpoints)
  const servicesByNamespace = serviceInformer.index('namespace', service => [service.metadata.namespace ?? ''])
  const podsByNamespace = podInformer.index('namespace', pod => [pod.metadata.namespace ?? ''])

  return {
    name: 'endpoint',
    watches: [watch(serviceInformer), watch(podInformer, podKeys), watch(endpointsInformer, staleKey)],
    reconcile,
  }

  function* podKeys(old: Pod | undefined, current: Pod | undefined): Iterable<string> {
    if (old && current && sameForEndpoints(old, current)) return
    const { namespace = '' } = (current ?? old)?.metadata ?? {}
    for (const service of servicesByNamespace.get(namespace)) {
      if ([old, current].some(pod => pod && selectsPod(service, pod))) yield keyOf(service)
    }
  }

  /** What someone changed or deleted is put right. */
  function* staleKey(old: Endpoints | undefined, current: Endpoints | undefined): Iterable<string> {
    const key = keyOf((current ?? old) as Endpoints)
    if (serviceInformer.get(key) || current?.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === managedBy)
      yield key
  }

  async function reconcile(key: string, signal: AbortSignal): Promise<undefined> {
    const service = serviceInformer.get(key)
    const current = endpointsInformer.get(key)
    if (!service) return current && isOurs(current) ? remove(current, signal) : undefined
    if (!hasSelector(service)) return
    const { namespace = '' } = service.metadata
    const wanted = wantedEndpoints(
      service,
      podsByNamespace.get(namespace).filter(pod => selectsPod(service, pod)),
    )
    if (!current) return create(wanted, signal)
    const same = semanticallyEqual(current.subsets, wanted.subsets)
    if (same && semanticallyEqual(current.metadata.labels, wanted.metadata.labels)) return
    const metadata = { ...current.metadata, labels: wanted.metadata.labels ?? {} }
    await client.update(endpoints, { ...current, metadata, subsets: wanted.subsets ?? [] }, {}, signal)
  }

  async function create(wanted: Endpoints, signal: AbortSignal): Promise<undefined> {
    try {
      await client.create(endpoints, wanted, signal)
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error
    }
  }

  async function remove(current: Endpoints, signal: AbortSignal): Promise<undefined> {
    try {
      await client.delete(endpoints, splitKey(keyOf(current)), {}, signal)
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error
    }
  }
}

function isOurs({ metadata }: Endpoints): boolean {
  return metadata.labels?.['endpoints.kubernetes.io/managed-by'] === managedBy
}

export function wantedEndpoints(service: Service, selected: Pod[]): Endpoints {
  const { name = '', namespace = '', labels } = service.metadata
  const headless = service.spec?.clusterIP === 'None'
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name,
      namespace,
      labels: {
        ...labels,
        'endpoints.kubernetes.io/managed-by': managedBy,
        ...(headless ? { 'service.kubernetes.io/headless': '' } : {}),
      },
    },
    subsets: endpointsOf(service, selected).flatMap(({ ports, endpoints: found }) => {
      const there = found
        .filter(({ terminating, ready }) => !terminating || ready)
        .sort(byAddress)
        .slice(0, maxAddresses)
      const addresses = there.filter(({ ready }) => ready).map(addressOf)
      const notReadyAddresses = there.filter(({ ready }) => !ready).map(addressOf)
      if (there.length === 0) return []
      return [
        {
          ...(addresses.length > 0 ? { addresses } : {}),
          ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}),
          ...(ports.length > 0 ? { ports: ports.map(withoutEmptyName) } : {}),
        },
      ]
    }),
  }
}

function withoutEmptyName<P extends { name: string }>({ name, ...port }: P) {
  return { ...(name ? { name } : {}), ...port }
}

/** The same pods make the same object, whatever order they were found in. */
function byAddress(a: PodEndpoint, b: PodEndpoint): number {
  return a.address < b.address ? -1 : a.address > b.address ? 1 : 0
}

function addressOf({ pod, address }: PodEndpoint) {
  const { name = '', namespace = '', uid = '' } = pod.metadata
  const { nodeName, hostname } = pod.spec ?? {}
  return {
    ip: address,
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
  }
}
