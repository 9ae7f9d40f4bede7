// Does a rule allow a request. Pure.

import type { PolicyRule } from '../../kinds/rbac/policy-rules.ts'
import type { RequestInfo } from '../request-info.ts'

const all = '*'

export function ruleAllows(rule: PolicyRule, info: RequestInfo): boolean {
  if (!includes(rule.verbs, info.verb)) return false
  if (!info.isResourceRequest) return urlMatches(rule.nonResourceURLs, info.path)
  return (
    includes(rule.apiGroups, info.apiGroup) &&
    resourceMatches(rule.resources, info.resource, info.subresource) &&
    nameMatches(rule.resourceNames, info.name)
  )
}

export function rulesAllow(rules: readonly PolicyRule[], info: RequestInfo): boolean {
  return rules.some(rule => ruleAllows(rule, info))
}

function includes(values: string[] | undefined, value: string): boolean {
  return values?.some(candidate => candidate === all || candidate === value) ?? false
}

/** `*` is everything, `pods/*` nothing special; a subresource of any resource is `*` + `/scale`. */
function resourceMatches(resources: string[] | undefined, resource: string, subresource: string): boolean {
  const combined = subresource ? `${resource}/${subresource}` : resource
  const ofAny = subresource ? `*/${subresource}` : undefined
  return resources?.some(candidate => candidate === all || candidate === combined || candidate === ofAny) ?? false
}

/** A rule for names never covers a request without one: list, create. */
function nameMatches(names: string[] | undefined, name: string): boolean {
  return !names?.length || names.includes(name)
}

function urlMatches(urls: string[] | undefined, path: string): boolean {
  return (
    urls?.some(url => url === all || url === path || (url.endsWith(all) && path.startsWith(trimStars(url)))) ?? false
  )
}

function trimStars(url: string): string {
  return url.replace(/\*+$/, '')
}
