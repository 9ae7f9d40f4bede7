// Everything served, in one answer: apidiscovery.k8s.io's APIGroupDiscoveryList.

import type { ResourceDefinition } from '../api/resource.ts'
import { discoveredVerbs, groupVersionsOf } from './group-versions.ts'
import { servedSubresources } from './served-subresources.ts'

/** JSON. Each resource is described once. */
export function aggregatedDiscovery(served: readonly ResourceDefinition[]): string {
  const byGroupVersion = Map.groupBy(served, def => `${def.group}/${def.version}`)
  const items = groupVersionsOf(served).map(({ group, versions }) => {
    const each = versions.map(name => versionText(name, byGroupVersion.get(`${group}/${name}`) ?? []))
    return `{"metadata":${JSON.stringify(group ? { name: group } : {})},"versions":[${each.join(',')}]}`
  })
  const head = { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {} }
  return `${JSON.stringify(head).slice(0, -1)},"items":[${items.join(',')}]}`
}

function versionText(version: string, resources: ResourceDefinition[]): string {
  const described = resources.sort((a, b) => (a.plural < b.plural ? -1 : 1)).map(resourceText)
  return `{"version":${JSON.stringify(version)},"resources":[${described.join(',')}],"freshness":"Current"}`
}

const texts = new WeakMap<ResourceDefinition, string>()

function resourceText(def: ResourceDefinition): string {
  const text = texts.get(def) ?? JSON.stringify(resourceDiscovery(def))
  texts.set(def, text)
  return text
}

function resourceDiscovery(def: ResourceDefinition) {
  const subresources = servedSubresources(def).map(({ name, verbs, kind }) => ({
    subresource: name,
    responseKind: responseKind(def, kind),
    verbs,
  }))
  return {
    resource: def.plural,
    responseKind: responseKind(def, def),
    scope: def.scope,
    singularResource: def.singular ?? def.kind.toLowerCase(),
    verbs: discoveredVerbs(def),
    ...(def.shortNames?.length ? { shortNames: def.shortNames } : {}),
    ...(def.categories?.length ? { categories: def.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  }
}

/** Group and version are left empty where they are the resource's own. */
function responseKind(def: ResourceDefinition, kind: { group: string; version: string; kind: string }) {
  const isOwn = kind.group === def.group && kind.version === def.version
  return { group: isOwn ? '' : kind.group, version: isOwn ? '' : kind.version, kind: kind.kind }
}
