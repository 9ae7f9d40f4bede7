// Which groups there are and which of their versions comes first.

import type { Registry } from './registry.ts'

/** What a stored kind answers when its definition does not say less. */
export const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

export interface GroupVersions {
  group: string
  /** The preferred one first. */
  versions: string[]
}

/** Every group served, in the order in which its first kind was registered, the core group first. */
export function groupVersions(registry: Registry): GroupVersions[] {
  const groups = new Map<string, Set<string>>([['', new Set()]])
  for (const { group, version } of registry.all()) {
    const versions = groups.get(group)
    if (versions) versions.add(version)
    else groups.set(group, new Set([version]))
  }
  return [...groups]
    .filter(([, versions]) => versions.size > 0)
    .map(([group, versions]) => ({ group, versions: [...versions].sort(byPriority) }))
}

/** v2, v1, v1beta2, v1alpha1, anything else: Kubernetes' version priority. */
export function byPriority(a: string, b: string): number {
  const rank = (version: string) => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
    if (!match) return [0, 0, 0]
    const stability = match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1
    return [stability, Number(match[1]), Number(match[3] ?? 0)]
  }
  const [left, right] = [rank(a), rank(b)]
  for (const index of [0, 1, 2]) {
    const difference = (right[index] ?? 0) - (left[index] ?? 0)
    if (difference !== 0) return difference
  }
  return a < b ? -1 : 1
}
