// Which groups there are and which of their versions comes first.

import type { ResourceDefinition } from '../api/resource.ts'
import { byPriority } from '../api/version-priority.ts'
import type { Registry } from './registry.ts'

/** What a stored kind answers when its definition does not say less. */
export const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const writing = ['create', 'patch', 'update']

/** The verbs that discovery names, sorted: of a kind whose definition goes, those that read and remove what is left. */
export function discoveredVerbs({ verbs = allVerbs, isTerminating }: ResourceDefinition): string[] {
  return verbs.filter(verb => !isTerminating || !writing.includes(verb)).sort()
}

export interface GroupVersions {
  group: string
  /** The preferred one first. */
  versions: string[]
}

/** The groups of Kubernetes' own in the order in which clients try them: of resources of one name, the first wins. */
const groupOrder = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'storagemigration.k8s.io',
]
const rankOf = new Map(groupOrder.map((group, rank) => [group, rank]))

export function groupVersions(registry: Registry): GroupVersions[] {
  return groupVersionsOf(registry.all())
}

/** Every group served: Kubernetes' own by their priority, then custom ones by name. */
export function groupVersionsOf(served: Iterable<Pick<ResourceDefinition, 'group' | 'version'>>): GroupVersions[] {
  const groups = new Map<string, Set<string>>()
  for (const { group, version } of served) {
    const versions = groups.get(group)
    if (versions) versions.add(version)
    else groups.set(group, new Set([version]))
  }
  return [...groups]
    .map(([group, versions]) => ({ group, versions: [...versions].sort(byPriority) }))
    .sort((a, b) => byGroupPriority(a.group, b.group))
}

function byGroupPriority(a: string, b: string): number {
  const difference = (rankOf.get(a) ?? groupOrder.length) - (rankOf.get(b) ?? groupOrder.length)
  return difference || (a < b ? -1 : 1)
}
