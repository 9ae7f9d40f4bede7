// Where a Service's traffic may go: the pods its selector matches, their addresses and ports, and whether they take
// traffic. Shared by Endpoints and EndpointSlices. Pure.

import { isPodReady, isPodTerminated } from '../controller/pod.ts'
import { canonical } from '../controller/template-hash.ts'
import type { Pod } from '../kinds/core/pod.ts'
import type { Service } from '../kinds/core/service.ts'

export type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number]

export interface EndpointPort {
  name: string
  port: number
  protocol: string
  appProtocol?: string
}

export interface PodEndpoint {
  pod: Pod
  address: string
  ready: boolean
  serving: boolean
  terminating: boolean
}

/** Endpoints whose pods give the Service's ports the same numbers. */
export interface EndpointGroup {
  ports: EndpointPort[]
  endpoints: PodEndpoint[]
}

/** A Service without selector has its endpoints from someone else. */
export function hasSelector(service: Service): boolean {
  const { selector, type } = service.spec ?? {}
  return type !== 'ExternalName' && selector !== undefined && Object.keys(selector).length > 0
}

export function selectsPod(service: Service, pod: Pod): boolean {
  const labels = pod.metadata.labels ?? {}
  return hasSelector(service) && Object.entries(service.spec?.selector ?? {}).every(([k, v]) => labels[k] === v)
}

export function endpointsOf(service: Service, pods: Pod[]): EndpointGroup[] {
  const groups = new Map<string, EndpointGroup>()
  for (const pod of pods.toSorted(byName)) {
    const endpoint = endpointOf(service, pod)
    if (!endpoint) continue
    const ports = portsOf(service, pod)
    const key = canonical(ports)
    const group = groups.get(key) ?? { ports, endpoints: [] }
    group.endpoints.push(endpoint)
    groups.set(key, group)
  }
  return [...groups.values()]
}

const byName = (a: Pod, b: Pod) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1)

function endpointOf(service: Service, pod: Pod): PodEndpoint | undefined {
  const address = pod.status?.podIP
  if (!address || isPodTerminated(pod)) return undefined
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const serving = isPodReady(pod)
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating)
  return { pod, address, ready, serving, terminating }
}

/** A named target port is what the pod's containers call it; a port that a pod does not have is left out. */
function portsOf(service: Service, pod: Pod): EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap(({ name = '', protocol = 'TCP', appProtocol, ...port }) => {
    const number = targetPort(port, protocol, pod)
    return number === undefined ? [] : [{ name, port: number, protocol, ...(appProtocol ? { appProtocol } : {}) }]
  })
}

function targetPort(
  { port, targetPort: target }: Pick<ServicePort, 'port' | 'targetPort'>,
  protocol: string,
  pod: Pod,
): number | undefined {
  const wanted = target as number | string | undefined
  if (typeof wanted !== 'string') return wanted || port
  const containers = pod.spec?.containers ?? []
  const sidecars = (pod.spec?.initContainers ?? []).filter(container => container.restartPolicy === 'Always')
  const named = [...containers, ...sidecars].flatMap(container => container.ports ?? [])
  return named.find(candidate => candidate.name === wanted && (candidate.protocol ?? 'TCP') === protocol)?.containerPort
}

/** A change of a pod that can change an endpoint. */
export function sameForEndpoints(a: Pod, b: Pod): boolean {
  const facts = (pod: Pod) => [
    pod.metadata.labels,
    pod.metadata.deletionTimestamp,
    pod.status?.podIP,
    pod.status?.phase,
    isPodReady(pod),
    pod.spec?.nodeName,
  ]
  return canonical(facts(a)) === canonical(facts(b))
}
