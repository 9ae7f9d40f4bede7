// ClusterRole: what may be done anywhere, or in the namespace of the RoleBinding that grants it. One with an
// aggregationRule is the sum of others.

import type { V1ClusterRole } from '@kubernetes/client-node'
import { type FieldError, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { matchesSelector } from '../../api/selectors.ts'
import { eachItem } from '../../api/validation-rules.ts'
import { validateLabelSelector } from '../../api/validation-selectors.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { type PolicyRule, rbacGroup, roleColumns, ruleErrors } from './policy-rules.ts'

export type ClusterRole = Kube<V1ClusterRole>

export const clusterRoles: ResourceDefinition<ClusterRole> = {
  group: rbacGroup,
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1ClusterRole')
  },
  strategy: {
    nameRule: 'path-segment',
    allowCreateOnUpdate: true,
    validate: role => [
      ...(role.rules ?? []).flatMap((rule, i) => ruleErrors(rule, `rules[${i}]`, false)),
      ...aggregationErrors(role),
    ],
  },
  columns: roleColumns(),
}

function aggregationErrors({ aggregationRule }: ClusterRole): FieldError[] {
  const selectors = aggregationRule?.clusterRoleSelectors ?? []
  const field = 'aggregationRule.clusterRoleSelectors'
  if (!aggregationRule || selectors.length > 0) return eachItem(selectors, field, validateLabelSelector)
  return [required(field, 'at least one clusterRoleSelector required if aggregationRule is non-nil')]
}

/**
 * The rules of a role that is the sum of others: those of every role one of its selectors matches, each once, in the
 * order of the roles' names. undefined for a role that aggregates nothing.
 */
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
