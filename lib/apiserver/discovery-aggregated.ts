// Everything served, in one answer: apidiscovery.k8s.io's APIGroupDiscoveryList.

import type { ResourceDefinition } from '../api/resource.ts'
import { allVerbs, type GroupVersions } from './group-versions.ts'
import type { Registry } from './registry.ts'
import { servedSubresources } from './served-subresources.ts'

export function aggregatedDiscovery(registry: Registry, groups: GroupVersions[], version: 'v2' | 'v2beta1') {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(({ group, versions }) => ({
      metadata: { ...(group ? { name: group } : {}), creationTimestamp: null },
      versions: versions.map(served => ({
        version: served,
        resources: registry
          .all()
          .filter(def => def.group === group && def.version === served)
          .sort((a, b) => (a.plural < b.plural ? -1 : 1))
          .map(resourceDiscovery),
        freshness: 'Current',
      })),
    })),
  }
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
    verbs: [...(def.verbs ?? allVerbs)].sort(),
    ...(def.shortNames ? { shortNames: def.shortNames } : {}),
    ...(def.categories ? { categories: def.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  }
}

/** Group and version are left empty where they are the resource's own. */
function responseKind(def: ResourceDefinition, kind: { group: string; version: string; kind: string }) {
  const isOwn = kind.group === def.group && kind.version === def.version
  return { group: isOwn ? '' : kind.group, version: isOwn ? '' : kind.version, kind: kind.kind }
}
