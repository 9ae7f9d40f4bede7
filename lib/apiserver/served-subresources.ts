// The subresources of a kind: the views its definition names, and the routes of subresources/index.ts.

import type { ResourceDefinition } from '../api/resource.ts'
import type { Registry } from './registry.ts'
import type { RequestInfo } from './request-info.ts'
import { subresources } from './subresources/index.ts'
import type { SubresourceRoute } from './subresources/subresource.ts'
import { viewOf } from './view-of.ts'

export { viewOf }

export interface ServedSubresource {
  name: string
  /** Sorted. */
  verbs: string[]
  /** What it takes and answers. */
  kind: { group: string; version: string; kind: string }
}

export function servedSubresources(def: ResourceDefinition): ServedSubresource[] {
  const views = Object.entries(def.subresources ?? {}).map(([name, { verbs, kind }]) => served(def, name, verbs, kind))
  const routes = subresources
    .filter(route => route.group === def.group && route.resource === def.plural)
    .filter(route => !def.subresources?.[route.subresource])
    .map(route => served(def, route.subresource, route.verbs, route.kind))
  return [...views, ...routes].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function served(
  def: ResourceDefinition,
  name: string,
  verbs: readonly string[],
  kind: ServedSubresource['kind'] = def,
): ServedSubresource {
  return { name, verbs: [...verbs].sort(), kind: { group: kind.group, version: kind.version, kind: kind.kind } }
}

/** The handler of its own that a subresource has; a view has none. */
export function subresourceRoute(def: ResourceDefinition, name: string): SubresourceRoute | undefined {
  return subresources.find(
    route => route.group === def.group && route.resource === def.plural && route.subresource === name,
  )
}

/** Is there such a resource, and such a subresource of it? */
export function isServed(registry: Registry, { apiGroup, apiVersion, resource, subresource }: RequestInfo): boolean {
  const def = registry.find(apiGroup, apiVersion, resource)
  if (!def) return false
  return (
    subresource === '' || subresourceRoute(def, subresource) !== undefined || viewOf(def, subresource) !== undefined
  )
}
