// Does one set of rules allow all that another does, and if not, what is missing. Pure. Rules are taken apart into
// single permissions (one group, resource, name, verb), which are easy to compare.

import type { PolicyRule } from '../../kinds/rbac/policy-rules.ts'

/** What `wanted` allows and `held` does not, put together again; empty when all is covered. */
export function missingRules(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  const missing = wanted.flatMap(singlePermissions).filter(single => !held.some(rule => covers(rule, single)))
  return compacted(missing)
}

function singlePermissions(rule: PolicyRule): PolicyRule[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule
  const names = resourceNames.length > 0 ? resourceNames.map(name => [name]) : [undefined]
  return verbs.flatMap(verb => [
    ...nonResourceURLs.map(url => ({ nonResourceURLs: [url], verbs: [verb] })),
    ...apiGroups.flatMap(group =>
      resources.flatMap(resource =>
        names.map(resourceNames => ({
          apiGroups: [group],
          ...(resourceNames ? { resourceNames } : {}),
          resources: [resource],
          verbs: [verb],
        })),
      ),
    ),
  ])
}

/** `single` is one permission. */
function covers(rule: PolicyRule, single: PolicyRule): boolean {
  if (!rule.verbs.includes('*') && !rule.verbs.includes(single.verbs[0] ?? '')) return false
  const url = single.nonResourceURLs?.[0]
  if (url !== undefined) return (rule.nonResourceURLs ?? []).some(held => urlCovers(held, url))
  return (
    holds(rule.apiGroups, single.apiGroups?.[0]) &&
    resourceCovered(rule.resources, single.resources?.[0] ?? '') &&
    namesCovered(rule.resourceNames, single.resourceNames?.[0])
  )
}

function holds(values: string[] | undefined, value: string | undefined): boolean {
  return value !== undefined && (values?.includes('*') || values?.includes(value) || false)
}

/** `pods/scale` is also in `*` + `/scale`. */
function resourceCovered(held: string[] | undefined, resource: string): boolean {
  if (holds(held, resource)) return true
  const slash = resource.indexOf('/')
  return slash >= 0 && (held?.includes(`*${resource.slice(slash)}`) ?? false)
}

function namesCovered(held: string[] | undefined, name: string | undefined): boolean {
  return !held?.length || (name !== undefined && held.includes(name))
}

function urlCovers(held: string, url: string): boolean {
  return held === '*' || held === url || (held.endsWith('*') && url.startsWith(held.slice(0, -1)))
}

/** Rules that differ only in their verbs become one. */
function compacted(rules: PolicyRule[]): PolicyRule[] {
  const byScope = new Map<string, PolicyRule>()
  for (const rule of rules) {
    const { verbs, ...scope } = rule
    const key = JSON.stringify(scope)
    const known = byScope.get(key)
    if (known) known.verbs = [...new Set([...known.verbs, ...verbs])]
    else byScope.set(key, structuredClone(rule))
  }
  return [...byScope.values()]
}

/** As upstream prints a rule in messages: `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`. */
export function printedRule(rule: PolicyRule): string {
  const parts: [string, string[] | undefined][] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ]
  const printed = parts.filter(([, values]) => values?.length).map(([name, values]) => `${name}:${quotedList(values)}`)
  return `{${printed.join(', ')}}`
}

/** A list of strings as Go's %q prints it. */
export function quotedList(values: string[] = []): string {
  return `[${values.map(value => JSON.stringify(value)).join(' ')}]`
}
