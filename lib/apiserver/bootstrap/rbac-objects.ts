// The default roles and bindings as objects, and what becomes of one that is there already: what is missing is added,
// what was added stays, unless its annotation says that nobody may touch it. Pure.

import { aggregatedRules, type ClusterRole } from '../../kinds/rbac/cluster-role.ts'
import { type AnyRole, type Binding, rbacGroup, type Subject } from '../../kinds/rbac/policy-rules.ts'
import { missingRules } from '../authz/rule-covering.ts'
import { aggregateTo, clusterRoles, type RoleSpec } from './cluster-roles.ts'
import { controllerRoles } from './controller-roles.ts'
import { namespaceRoles } from './namespace-roles.ts'
import type { BindingSpec } from './role-bindings.ts'

const apiVersion = `${rbacGroup}/v1`
export const autoupdate = 'rbac.authorization.kubernetes.io/autoupdate'
const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
const annotations = { [autoupdate]: 'true' }

export function defaultClusterRoles(): ClusterRole[] {
  const ofControllers = Object.entries(controllerRoles).map(([name, rules]): [string, RoleSpec] => {
    return [`system:controller:${name}`, { rules }]
  })
  const roles = [...Object.entries(clusterRoles), ...ofControllers].map(([name, spec]) => clusterRole(name, spec))
  // Each sums up the one before it.
  for (const name of ['view', 'edit', 'admin']) {
    const role = roles.find(({ metadata }) => metadata.name === name)
    if (role) role.rules = aggregatedRules(role, roles) ?? []
  }
  return roles
}

function clusterRole(name: string, { labels: more, aggregates, rules = [] }: RoleSpec): ClusterRole {
  const metadata = { name, labels: { ...labels, ...more }, annotations: { ...annotations } }
  if (!aggregates) return { apiVersion, kind: 'ClusterRole', metadata, rules }
  const clusterRoleSelectors = [{ matchLabels: { [aggregateTo(aggregates)]: 'true' } }]
  return { apiVersion, kind: 'ClusterRole', metadata, aggregationRule: { clusterRoleSelectors }, rules }
}

export function defaultRoles(): AnyRole[] {
  return namespaceRoles.map(({ namespace, name, rules }) => {
    return { apiVersion, kind: 'Role', metadata: { name, namespace, labels, annotations }, rules }
  })
}

export function bindingOf({ namespace, name, role, subjects, isDefault = true }: BindingSpec): Binding {
  const marks = isDefault ? { labels, annotations } : {}
  return {
    apiVersion,
    kind: namespace ? 'RoleBinding' : 'ClusterRoleBinding',
    metadata: { name, ...(namespace ? { namespace } : {}), ...marks },
    roleRef: { apiGroup: rbacGroup, kind: namespace ? 'Role' : 'ClusterRole', name: role ?? name },
    ...(subjects.length > 0 ? { subjects } : {}),
  }
}

/** The role with what it lacks; the very same when it lacks nothing. */
export function reconciledRole<T extends AnyRole>(current: T, wanted: T): T {
  if (current.metadata.annotations?.[autoupdate] === 'false') return current
  const missing = missingRules(current.rules ?? [], wanted.rules ?? [])
  const metadata = withMissingMarks(current, wanted)
  if (missing.length === 0 && metadata === current.metadata) return current
  return { ...current, metadata, rules: [...(current.rules ?? []), ...missing] }
}

export function reconciledBinding(current: Binding, wanted: Binding): Binding {
  if (current.metadata.annotations?.[autoupdate] === 'false') return current
  const present = new Set((current.subjects ?? []).map(subjectText))
  const missing = (wanted.subjects ?? []).filter(subject => !present.has(subjectText(subject)))
  const metadata = withMissingMarks(current, wanted)
  if (missing.length === 0 && metadata === current.metadata) return current
  return { ...current, metadata, subjects: [...(current.subjects ?? []), ...missing] }
}

function subjectText({ kind, namespace = '', name }: Subject): string {
  return `${kind}/${namespace}/${name}`
}

type Marked = Pick<AnyRole, 'metadata'>

function withMissingMarks({ metadata }: Marked, { metadata: wanted }: Marked): AnyRole['metadata'] {
  const lacks = (have: Record<string, string> = {}, want: Record<string, string> = {}) =>
    Object.keys(want).some(key => !(key in have))
  if (!lacks(metadata.labels, wanted.labels) && !lacks(metadata.annotations, wanted.annotations)) return metadata
  return {
    ...metadata,
    labels: { ...wanted.labels, ...metadata.labels },
    annotations: { ...wanted.annotations, ...metadata.annotations },
  }
}
