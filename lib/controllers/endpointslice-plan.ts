// How a Service's endpoints lie in slices of at most 100, moving as few as can be when they change. Pure.

import { controllerReference } from '../controller/owner.ts'
import { semanticallyEqual } from '../controller/template-hash.ts'
import type { Node } from '../kinds/core/node.ts'
import { type Service, services } from '../kinds/core/service.ts'
import type { EndpointSlice } from '../kinds/discovery/endpoint-slice.ts'
import type { EndpointGroup, PodEndpoint } from './service-endpoints.ts'

export const serviceNameLabel = 'kubernetes.io/service-name'
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
export const managedBy = 'endpointslice-controller.k8s.io'
const maxPerSlice = 100

export interface SlicePlan {
  create: EndpointSlice[]
  update: EndpointSlice[]
  delete: EndpointSlice[]
}

type Endpoint = NonNullable<EndpointSlice['endpoints']>[number]

export function planSlices(
  service: Service,
  groups: EndpointGroup[],
  current: EndpointSlice[],
  nodeOf: (name: string) => Node | undefined,
): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], delete: [] }
  const unused = new Set(current)
  // A Service without endpoints has one empty slice, so that whoever watches sees that it has none.
  for (const { ports, endpoints } of groups.length > 0 ? groups : [{ ports: [], endpoints: [] }]) {
    const wantedPorts = ports.map(({ name, port, protocol, appProtocol }) => ({
      name,
      port,
      protocol,
      ...(appProtocol ? { appProtocol } : {}),
    }))
    const reusable = [...unused].filter(slice => groups.length === 0 || semanticallyEqual(slice.ports, wantedPorts))
    const wanted = endpoints.map(endpoint => toEndpoint(endpoint, nodeOf))
    for (const slice of reusable) unused.delete(slice)
    distribute(service, wantedPorts, wanted, reusable, plan)
  }
  plan.delete.push(...unused)
  return plan
}

function distribute(
  service: Service,
  ports: NonNullable<EndpointSlice['ports']>,
  wanted: Endpoint[],
  reusable: EndpointSlice[],
  plan: SlicePlan,
): void {
  const left = new Map(wanted.map(endpoint => [idOf(endpoint), endpoint]))
  const kept = reusable.map(slice => {
    const stay = (slice.endpoints ?? []).flatMap(old => take(left, idOf(old)))
    return { slice, endpoints: stay }
  })
  for (const { endpoints } of kept) {
    for (const [id, endpoint] of left) {
      if (endpoints.length >= maxPerSlice) break
      endpoints.push(endpoint)
      left.delete(id)
    }
  }
  // One stays even when it is empty.
  for (const [i, { slice, endpoints }] of kept.entries()) {
    if (endpoints.length === 0 && (i > 0 || wanted.length > 0)) plan.delete.push(slice)
    else compare(service, ports, slice, endpoints, plan)
  }
  const rest = [...left.values()]
  if (rest.length === 0 && kept.length === 0) plan.create.push(newSlice(service, ports, []))
  for (let i = 0; i < rest.length; i += maxPerSlice)
    plan.create.push(newSlice(service, ports, rest.slice(i, i + maxPerSlice)))
}

function take(left: Map<string, Endpoint>, id: string): Endpoint[] {
  const endpoint = left.get(id)
  left.delete(id)
  return endpoint ? [endpoint] : []
}

const idOf = (endpoint: Endpoint) => endpoint.targetRef?.uid ?? endpoint.addresses[0] ?? ''

function compare(
  service: Service,
  ports: NonNullable<EndpointSlice['ports']>,
  slice: EndpointSlice,
  endpoints: Endpoint[],
  plan: SlicePlan,
): void {
  const labels = labelsOf(service)
  const same =
    semanticallyEqual(slice.endpoints, endpoints) &&
    semanticallyEqual(slice.ports, ports) &&
    semanticallyEqual(slice.metadata.labels, labels)
  if (!same) plan.update.push({ ...slice, metadata: { ...slice.metadata, labels }, endpoints, ports })
}

function newSlice(service: Service, ports: NonNullable<EndpointSlice['ports']>, endpoints: Endpoint[]): EndpointSlice {
  const { name = '', namespace = '' } = service.metadata
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: labelsOf(service),
      ownerReferences: [controllerReference(services, service)],
    },
    addressType: 'IPv4',
    endpoints,
    ports,
  }
}

function labelsOf(service: Service): Record<string, string> {
  return {
    ...service.metadata.labels,
    ...(service.spec?.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {}),
    [serviceNameLabel]: service.metadata.name ?? '',
    [managedByLabel]: managedBy,
  }
}

function toEndpoint(
  { pod, address, ready, serving, terminating }: PodEndpoint,
  nodeOf: (name: string) => Node | undefined,
): Endpoint {
  const { name = '', namespace = '', uid = '' } = pod.metadata
  const { nodeName, hostname, subdomain } = pod.spec ?? {}
  const zone = nodeName ? nodeOf(nodeName)?.metadata.labels?.['topology.kubernetes.io/zone'] : undefined
  return {
    addresses: [address],
    conditions: { ready, serving, terminating },
    ...(hostname && subdomain ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(zone ? { zone } : {}),
  }
}
