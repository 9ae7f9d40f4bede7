// The rules of a ClusterRole that is the sum of others: those of every role one of its selectors matches, each once, in
// the order of the roles' names. Pure.

import { matchesSelector } from '../../api/selectors.ts'
import type { ClusterRole } from './cluster-role.ts'
import type { PolicyRule } from './policy-rules.ts'

/** undefined for a role that aggregates nothing. */
export function aggregatedRules(role: ClusterRole, all: Iterable<ClusterRole>): PolicyRule[] | undefined {
  const selectors = role.aggregationRule?.clusterRoleSelectors
  if (!selectors) return undefined
  const rules = new Map<string, PolicyRule>()
  const others = [...all].filter(other => other.metadata.name !== role.metadata.name)
  others.sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))
  for (const { metadata, rules: theirs = [] } of others) {
    if (!selectors.some(selector => matchesSelector(selector, metadata.labels))) continue
    for (const rule of theirs) rules.set(JSON.stringify(rule), rule)
  }
  return [...rules.values()]
}
