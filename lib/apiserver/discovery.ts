// What is served, told to clients: /api, /apis, a group, a version, and all of it in one answer (apidiscovery.k8s.io).

import { noSuchPath } from '../api/errors.ts'
import { apiVersionOf, type ResourceDefinition } from '../api/resource.ts'
import { parseAccept } from './accept.ts'
import type { ApiRequest, ApiResponse } from './chain.ts'
import { aggregatedDiscovery } from './discovery-aggregated.ts'
import { allVerbs, groupVersions } from './group-versions.ts'
import type { Registry } from './registry.ts'
import { jsonResponse } from './responses.ts'
import { type ServedSubresource, servedSubresources } from './served-subresources.ts'

/** The answer to a discovery path; undefined for any other. `serverAddress` is `host:port`. */
export function discovery(request: ApiRequest, registry: Registry, serverAddress: string): ApiResponse | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
  const [root, group, version, ...more] = request.path.split('/').filter(part => part !== '')
  if (more.length > 0 || (root !== 'api' && root !== 'apis')) return undefined
  if (group === undefined) return aggregated(request, registry, root) ?? rootAnswer(registry, root, serverAddress)
  if (root === 'api') return version === undefined ? jsonResponse(resourceList(registry, '', group)) : undefined
  if (version === undefined) return jsonResponse(groupAnswer(registry, group))
  return jsonResponse(resourceList(registry, group, version))
}

function aggregated(request: ApiRequest, registry: Registry, root: 'api' | 'apis'): ApiResponse | undefined {
  for (const { params } of parseAccept(request.headers.accept)) {
    if (params.as === undefined) return undefined
    const isOurs = params.as === 'APIGroupDiscoveryList' && params.g === 'apidiscovery.k8s.io'
    if (!isOurs || (params.v !== 'v2' && params.v !== 'v2beta1')) continue
    const version = params.v
    const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`
    const groups = groupVersions(registry).filter(({ group }) => (group === '') === (root === 'api'))
    const body = JSON.stringify(aggregatedDiscovery(registry, groups, version))
    return { status: 200, headers: { 'content-type': type, vary: 'Accept' }, body }
  }
  return undefined
}

function rootAnswer(registry: Registry, root: 'api' | 'apis', serverAddress: string): ApiResponse {
  const groups = groupVersions(registry)
  if (root === 'apis') {
    const named = groups.filter(({ group }) => group !== '').map(({ group }) => groupOf(registry, group))
    return jsonResponse({ kind: 'APIGroupList', apiVersion: 'v1', groups: named })
  }
  return jsonResponse({
    kind: 'APIVersions',
    versions: groups.find(({ group }) => group === '')?.versions ?? [],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  })
}

function groupOf(registry: Registry, group: string) {
  const { versions } = groupVersions(registry).find(known => known.group === group) ?? { versions: [] }
  const entries = versions.map(version => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions: entries, preferredVersion: entries[0] }
}

function groupAnswer(registry: Registry, group: string) {
  const answer = groupOf(registry, group)
  if (group === '' || answer.versions.length === 0) throw noSuchPath()
  return { kind: 'APIGroup', apiVersion: 'v1', ...answer }
}

function resourceList(registry: Registry, group: string, version: string) {
  const defs = registry.all().filter(def => def.group === group && def.version === version)
  if (defs.length === 0) throw noSuchPath()
  const resources = defs.flatMap(def => [
    resourceEntry(def),
    ...servedSubresources(def).map(subresource => subresourceEntry(def, subresource)),
  ])
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group, version }),
    resources: resources.sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

function resourceEntry(def: ResourceDefinition) {
  return {
    name: def.plural,
    singularName: def.singular ?? def.kind.toLowerCase(),
    namespaced: def.scope === 'Namespaced',
    kind: def.kind,
    verbs: [...(def.verbs ?? allVerbs)].sort(),
    ...(def.shortNames ? { shortNames: def.shortNames } : {}),
    ...(def.categories ? { categories: def.categories } : {}),
  }
}

function subresourceEntry(def: ResourceDefinition, { name, verbs, kind }: ServedSubresource) {
  const isOther = kind.group !== def.group || kind.version !== def.version
  return {
    name: `${def.plural}/${name}`,
    singularName: '',
    namespaced: def.scope === 'Namespaced',
    ...(isOther ? { group: kind.group, version: kind.version } : {}),
    kind: kind.kind,
    verbs,
  }
}
