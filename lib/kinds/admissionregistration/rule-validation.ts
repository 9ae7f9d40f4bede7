// Which requests a webhook or a policy is about: rules of operations and resources, and match conditions.

import type { V1MatchCondition, V1RuleWithOperations } from '@kubernetes/client-node'
import { duplicate, type FieldError, invalid, notSupported, required, tooMany } from '../../api/field-errors.ts'
import type { Json } from '../../api/meta.ts'
import { eachItem, optionalWord, qualifiedName, requiredText } from '../../api/validation-rules.ts'

export type RuleWithOperations = Json<V1RuleWithOperations>
export type MatchCondition = Json<V1MatchCondition>

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const scopes = ['*', 'Cluster', 'Namespaced']
const maxMatchConditions = 64

export function validateRuleWithOperations(rule: RuleWithOperations, field: string): FieldError[] {
  return [
    ...wildcardAlone(rule.operations, `${field}.operations`, 'operations'),
    ...eachItem(rule.operations, `${field}.operations`, (operation, at) => optionalWord(at, operation, operations)),
    ...wildcardAlone(rule.apiGroups, `${field}.apiGroups`, 'API groups'),
    ...wildcardAlone(rule.apiVersions, `${field}.apiVersions`, 'API versions'),
    ...eachItem(rule.apiVersions, `${field}.apiVersions`, (version, at) => requiredText(at, version)),
    ...resourceErrors(rule.resources ?? [], `${field}.resources`),
    ...optionalWord(`${field}.scope`, rule.scope, scopes),
  ]
}

/** At least one; and where `*` is among them, nothing else. */
function wildcardAlone(values: string[] | undefined, field: string, what: string): FieldError[] {
  if (!values?.length) return [required(field)]
  if (values.length === 1 || !values.includes('*')) return []
  return [invalid(field, values, `if '*' is present, must not specify other ${what}`)]
}

/** `pods`, `pods/status`, and with wildcards on either side of the slash. */
function resourceErrors(resources: string[], field: string): FieldError[] {
  if (resources.length === 0) return [required(field)]
  const errors = eachItem(resources, field, (resource, at, i) => overlaps(resource, resources.slice(0, i), at))
  const [plain] = resources.filter(resource => resource !== '' && !resource.includes('/')).slice(-1)
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(invalid(field, resources, "if '*/*' is present, must not specify other resources"))
  }
  if (resources.includes('*') && plain !== undefined && plain !== '*') {
    const text = "if '*' is present, must not specify other resources without subresources"
    errors.push(invalid(field, resources, text))
  }
  return errors
}

function overlaps(resource: string, before: string[], field: string): FieldError[] {
  if (resource === '') return [required(field)]
  const slash = resource.indexOf('/')
  if (slash < 0) return []
  const wider = [`${resource.slice(0, slash)}/*`, `*/${resource.slice(slash + 1)}`]
  return wider
    .filter(wildcard => before.includes(wildcard))
    .map(wildcard => invalid(field, resource, `if '${wildcard}' is present, must not specify ${resource}`))
}

export function validateMatchConditions(conditions: MatchCondition[] | undefined, field: string): FieldError[] {
  const all = conditions ?? []
  const names = all.map(({ name }) => name)
  return [
    ...(all.length > maxMatchConditions ? [tooMany(field, all.length, maxMatchConditions)] : []),
    ...eachItem(all, field, ({ name, expression }, at, i) => [
      ...requiredText(`${at}.expression`, expression?.trim()),
      ...(name ? qualifiedName(`${at}.name`, name) : [required(`${at}.name`)]),
      ...(name && names.indexOf(name) < i ? [duplicate(`${at}.name`, name)] : []),
    ]),
  ]
}

export const failurePolicies = ['Fail', 'Ignore']
export const matchPolicies = ['Equivalent', 'Exact']
export const reinvocationPolicies = ['IfNeeded', 'Never']

/** A word that a default or the user has set: the empty one is no word either. */
export function knownWord(field: string, value: string | undefined, supported: string[]): FieldError[] {
  return value !== undefined && !supported.includes(value) ? [notSupported(field, value, supported)] : []
}
