// Who serves what, as APIServices: one for each group and version this server has of itself, made at the start, and one
// for each that a CustomResourceDefinition brings, which comes and goes with it.

import type { KubeObject } from '../../api/meta.ts'
import { type ResourceDefinition, storageKey } from '../../api/resource.ts'
import { type APIService, apiServices, availableLocally } from '../../kinds/apiregistration/api-service.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import type { StorageContext } from '../context.ts'
import { ensure } from './ensure.ts'

/** What marks an APIService as the server's own: made at the start, or kept all the time. */
const automanaged = 'kube-aggregator.kubernetes.io/automanaged'
export const apiServicesPrefix = storageKey(apiServices as unknown as ResourceDefinition)
export const definitionsPrefix = 'apiextensions.k8s.io/customresourcedefinitions/'

/** The order of groups in discovery, and of versions within them: the higher comes first. */
const priorities: Record<string, [group: number, versions: Record<string, number>]> = {
  '': [18_000, { v1: 1 }],
  apps: [17_800, { v1: 15 }],
  'events.k8s.io': [17_750, { v1: 15 }],
  'authentication.k8s.io': [17_700, { v1: 15 }],
  'authorization.k8s.io': [17_600, { v1: 15 }],
  autoscaling: [17_500, { v2: 30, v1: 15 }],
  batch: [17_400, { v1: 15 }],
  'certificates.k8s.io': [17_300, { v1: 15 }],
  'networking.k8s.io': [17_200, { v1: 15, v1beta1: 9 }],
  policy: [17_100, { v1: 15 }],
  'rbac.authorization.k8s.io': [17_000, { v1: 15 }],
  'storage.k8s.io': [16_800, { v1: 15, v1beta1: 9 }],
  'apiextensions.k8s.io': [16_700, { v1: 15 }],
  'admissionregistration.k8s.io': [16_700, { v1: 15, v1beta1: 12 }],
  'scheduling.k8s.io': [16_600, { v1: 15 }],
  'coordination.k8s.io': [16_500, { v1: 15 }],
  'node.k8s.io': [16_300, { v1: 15 }],
  'discovery.k8s.io': [16_200, { v1: 15 }],
  'resource.k8s.io': [16_200, { v1: 20, v1beta2: 15, v1beta1: 9 }],
  'flowcontrol.apiserver.k8s.io': [16_100, { v1: 21 }],
}
/** Below all groups of the server's own; versions among themselves by their names. */
const customPriority: [number, number] = [1000, 100]

function localApiService(group: string, version: string, priority: [number, number], management: string): APIService {
  const [groupPriorityMinimum, versionPriority] = priority
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}`, labels: { [automanaged]: management } },
    spec: { ...(group ? { group } : {}), version, groupPriorityMinimum, versionPriority },
  }
}

/** Of what is served, the part that is the server's own. */
export function builtinApiServices(served: Iterable<{ group: string; version: string }>): APIService[] {
  const services = new Map<string, APIService>()
  for (const { group, version } of served) {
    const [groupPriority, versions] = Object.hasOwn(priorities, group) ? (priorities[group] ?? []) : []
    const versionPriority = versions && Object.hasOwn(versions, version) ? versions[version] : undefined
    if (groupPriority === undefined || versionPriority === undefined) continue
    const service = localApiService(group, version, [groupPriority, versionPriority], 'onstart')
    services.set(service.metadata.name ?? '', service)
  }
  return [...services.values()]
}

interface Definition extends KubeObject {
  spec?: { group?: string; versions?: { name: string; served?: boolean }[] }
}

export function customApiServices(definitions: Iterable<KubeObject>): APIService[] {
  const services = new Map<string, APIService>()
  for (const { spec } of definitions as Iterable<Definition>) {
    for (const { name, served } of spec?.versions ?? []) {
      const service = localApiService(spec?.group ?? '', name, customPriority, 'true')
      if (served) services.set(service.metadata.name ?? '', service)
    }
  }
  return [...services.values()]
}

/** One without the mark is somebody else's, who means it to be as it is. */
export function reconciledApiService(current: APIService, wanted: APIService): APIService {
  const mark = current.metadata.labels?.[automanaged]
  if (mark === undefined || jsonEqual(current.spec, wanted.spec)) return current
  return { ...current, spec: structuredClone(wanted.spec as NonNullable<APIService['spec']>) }
}

export async function ensureApiServices(context: StorageContext, wanted: APIService[]): Promise<void> {
  const status = { conditions: [availableLocally(context.clock.now())] }
  await Promise.all(wanted.map(service => ensure(context, apiServices, { ...service, status }, reconciledApiService)))
}

/** Those whose definition is there, and none whose definition is gone. */
export async function followDefinitions(context: StorageContext): Promise<void> {
  const { cache, store } = context
  const wanted = customApiServices(objectsOf(cache.snapshot(definitionsPrefix).entries()))
  const names = new Set(wanted.map(({ metadata }) => metadata.name))
  await ensureApiServices(context, wanted)
  for (const entry of cache.snapshot(apiServicesPrefix).entries()) {
    const { name, labels } = entry.object.metadata
    if (labels?.[automanaged] === 'true' && !names.has(name)) await store.delete(entry.key, entry.revision)
  }
}

function* objectsOf(entries: Iterable<{ object: KubeObject }>): Generator<KubeObject> {
  for (const { object } of entries) yield object
}
