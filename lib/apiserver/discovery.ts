// What is served, told to clients: /api, /apis, a group, a version, and all of it in one answer (apidiscovery.k8s.io).

import { createHash } from 'node:crypto'
import { noSuchPath } from '../api/errors.ts'
import { apiVersionOf, type ResourceDefinition } from '../api/resource.ts'
import { parseAccept } from './accept.ts'
import { answerStatus } from './answer.ts'
import type { ApiRequest, ApiResponse } from './chain.ts'
import { aggregatedDiscovery } from './discovery-aggregated.ts'
import { isHeld } from './etag.ts'
import { discoveredVerbs, groupVersionsOf } from './group-versions.ts'
import { negotiateOutput } from './negotiate.ts'
import { type ServedSubresource, servedSubresources } from './served-subresources.ts'
import { storageVersionHash } from './storage-version-hash.ts'

export type Discovery = (request: ApiRequest) => Promise<ApiResponse> | undefined

type Served = readonly ResourceDefinition[]
type Root = 'api' | 'apis'

/**
 * Answers discovery paths; undefined for any other. `served` is asked at each request: custom kinds come and go.
 * `serverAddress` is `host:port`.
 */
export function createDiscovery(served: () => Served, serverAddress: () => string): Discovery {
  const aggregated = createAggregated(served)
  return request => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
    const [root, group, version, ...more] = request.path.split('/').filter(part => part !== '')
    if (more.length > 0 || (root !== 'api' && root !== 'apis')) return undefined
    if (group === undefined && wantsAggregated(request)) return Promise.resolve(aggregated(root, request))
    const answer = legacy(served(), root, group, version, serverAddress)
    return answer && answerStatus({ output: negotiateOutput(request, { views: [] }) }, answer)
  }
}

/** What these paths say; undefined for a path that is none of them. Throws NotFound for a group that is not served. */
function legacy(
  served: Served,
  root: Root,
  group: string | undefined,
  version: string | undefined,
  address: () => string,
) {
  if (group === undefined) return root === 'api' ? coreVersions(served, address()) : groupList(served)
  if (root === 'api') return version === undefined ? resourceList(served, '', group) : undefined
  return version === undefined ? groupAnswer(served, group) : resourceList(served, group, version)
}

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** True when that is what the client would have rather than anything else that we can say. */
function wantsAggregated(request: ApiRequest): boolean {
  for (const { params } of parseAccept(request.headers.accept)) {
    if (params.as === undefined) return false
    if (params.as === 'APIGroupDiscoveryList' && params.g === 'apidiscovery.k8s.io' && params.v === 'v2') return true
  }
  return false
}

/** One text a root, kept until the kinds that are served change. */
function createAggregated(served: () => Served) {
  const kept = new Map<Root, { resources: Served; body: string; etag: string }>()
  const current = (root: Root) => {
    const resources = served().filter(({ group }) => (group === '') === (root === 'api'))
    const known = kept.get(root)
    if (known && isSame(known.resources, resources)) return known
    const body = aggregatedDiscovery(resources)
    const etag = `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`
    const made = { resources, body, etag }
    kept.set(root, made)
    return made
  }
  return (root: Root, request: ApiRequest): ApiResponse => {
    const { body, etag } = current(root)
    const headers = { etag, vary: 'Accept', 'cache-control': 'public' }
    if (isHeld(request, etag)) return { status: 304, headers }
    return { status: 200, headers: { ...headers, 'content-type': aggregatedType }, body }
  }
}

function isSame(before: Served, now: Served): boolean {
  return before.length === now.length && now.every((def, index) => def === before[index])
}

function coreVersions(served: Served, serverAddress: string) {
  return {
    kind: 'APIVersions',
    versions: groupVersionsOf(served).find(({ group }) => group === '')?.versions ?? [],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  }
}

function groupList(served: Served) {
  const named = groupVersionsOf(served).filter(({ group }) => group !== '')
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(groupOf) }
}

function groupOf({ group, versions }: { group: string; versions: string[] }) {
  const entries = versions.map(version => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions: entries, preferredVersion: entries[0] }
}

function groupAnswer(served: Served, name: string) {
  const found = groupVersionsOf(served.filter(({ group }) => group === name))[0]
  if (!found) throw noSuchPath()
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(found) }
}

function resourceList(served: Served, group: string, version: string) {
  const defs = served.filter(def => def.group === group && def.version === version)
  if (defs.length === 0) throw noSuchPath()
  const resources = defs.flatMap(def => [
    resourceEntry(def),
    ...servedSubresources(def).map(subresource => subresourceEntry(def, subresource)),
  ])
  return {
    kind: 'APIResourceList',
    // The oldest list of all was never given one.
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group, version }),
    resources: resources.sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

function resourceEntry(def: ResourceDefinition) {
  const hash = storageVersionHash(def)
  return {
    name: def.plural,
    singularName: def.singular ?? def.kind.toLowerCase(),
    namespaced: def.scope === 'Namespaced',
    kind: def.kind,
    verbs: discoveredVerbs(def),
    ...(def.shortNames?.length ? { shortNames: def.shortNames } : {}),
    ...(def.categories?.length ? { categories: def.categories } : {}),
    ...(hash ? { storageVersionHash: hash } : {}),
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
