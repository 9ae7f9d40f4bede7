// Which address stands behind a pod, a service or a node, as its proxy subresource names it. Throws upstream's errors.

import { isIP } from 'node:net'
import { badRequest, notFound, serviceUnavailable } from '../../api/errors.ts'
import { storageKey } from '../../api/resource.ts'
import { type Endpoints, endpoints } from '../../kinds/core/endpoints.ts'
import { type Pod, pods } from '../../kinds/core/pod.ts'
import { type Service, services } from '../../kinds/core/service.ts'
import type { StorageContext } from '../context.ts'
import { kubeletBackend } from '../kubelet-connection.ts'
import { isGlobalUnicast } from './addresses.ts'
import type { Backend } from './backend.ts'
import { portOf } from './port.ts'
import { proxyableAddress } from './resolve.ts'
import { type ProxyTarget, parseTarget } from './target.ts'

function targetOf(resource: string, id: string): ProxyTarget {
  const target = parseTarget(id)
  if (!target) throw badRequest(`invalid ${resource} request ${JSON.stringify(id)}`)
  return target
}

/** What listens in pods and on nodes beside the kubelet has certificates of its own making, which nobody can check. */
function unchecked({ scheme }: ProxyTarget, host: string, port: number, { config }: StorageContext): Backend {
  return { scheme: scheme || 'http', host, port, tls: { rejectUnauthorized: false }, dial: config.dial }
}

/** Without a port: the first that a container names. */
export function podBackend(context: StorageContext, namespace: string, id: string): Backend {
  const target = targetOf('pod', id)
  const pod = context.cache.get(storageKey(pods, { namespace, name: target.name }))?.object as Pod | undefined
  if (!pod) throw notFound(pods, target.name)
  const address = pod.status?.podIPs?.[0]?.ip ?? ''
  if (!isGlobalUnicast(address)) throw badRequest('address not allowed')
  const named = pod.spec?.containers.flatMap(({ ports = [] }) => ports.slice(0, 1))[0]?.containerPort
  return unchecked(target, address, portOf(target.port || `${named ?? ''}`, target.scheme), context)
}

/** A ready pod of the service, at random. */
export function serviceBackend(context: StorageContext, namespace: string, id: string): Backend {
  const target = targetOf('service', id)
  const { name } = target
  const portName = servicePortName(context, namespace, target)
  const found = context.cache.get(storageKey(endpoints, { namespace, name }))?.object as Endpoints | undefined
  if (!found) throw notFound(endpoints, name)
  const none = (what: string) => serviceUnavailable(`no endpoints available for service ${JSON.stringify(what)}`)
  if (!found.subsets?.length) throw none(name)
  const isPod = (address: Address) => isAddressOfPod(context, namespace, address)
  for (const { addresses = [], ports = [] } of shuffled(found.subsets)) {
    const port = ports.find(({ name: known = '' }) => known === portName)
    const address = port && shuffled(addresses).find(isPod)
    if (port && address) return unchecked(target, address.ip, port.port, context)
  }
  throw none(id)
}

type Address = NonNullable<NonNullable<Endpoints['subsets']>[number]['addresses']>[number]

/** A number is the service's own port, a name goes for itself. */
function servicePortName({ cache }: StorageContext, namespace: string, { name, port }: ProxyTarget): string {
  if (!/^[+-]?\d+$/.test(port)) return port
  const service = cache.get(storageKey(services, { namespace, name }))?.object as Service | undefined
  if (!service) throw notFound(services, name)
  const found = service.spec?.ports?.find(known => known.port === Number(port))
  if (!found) throw serviceUnavailable(`no service port ${Number(port)} found for service ${JSON.stringify(name)}`)
  return found.name ?? ''
}

/** Endpoints are written by whoever may write them: only where a pod of the namespace is, does the server go. */
function isAddressOfPod({ cache }: StorageContext, namespace: string, { ip, targetRef }: Address): boolean {
  if (targetRef?.kind !== 'Pod' || targetRef.namespace !== namespace || !targetRef.name) return false
  const pod = cache.get(storageKey(pods, { namespace, name: targetRef.name }))?.object as Pod | undefined
  return isGlobalUnicast(ip) && (pod?.status?.podIPs ?? []).some(known => known.ip === ip)
}

function shuffled<T>(items: readonly T[]): T[] {
  const start = Math.floor(Math.random() * items.length)
  return [...items.slice(start), ...items.slice(0, start)]
}

/** The kubelet, or on another port whatever listens there. */
export async function nodeBackend(context: StorageContext, id: string): Promise<Backend> {
  const target = targetOf('node', id)
  const kubelet = kubeletBackend(context, target.name)
  const address = await proxyableAddress(kubelet.host)
  if (target.port === '' || target.port === `${kubelet.port}`) return atAddress(kubelet, address)
  return unchecked(target, address, portOf(target.port, target.scheme), context)
}

/** The address that was found good, and the name that its certificate is for. */
function atAddress(kubelet: Backend, address: string): Backend {
  if (isIP(kubelet.host) !== 0) return kubelet
  return { ...kubelet, host: address, tls: { ...kubelet.tls, servername: kubelet.host } }
}
