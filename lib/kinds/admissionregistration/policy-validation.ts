// What the two kinds of admission policies and their bindings share: which objects they match, what they are
// parameterized by, the names of their variables. Expressions must be there; what they mean is checked elsewhere.

import type {
  V1MatchResources,
  V1NamedRuleWithOperations,
  V1ParamKind,
  V1ParamRef,
  V1Variable,
} from '@kubernetes/client-node'
import { duplicate, type FieldError, fieldForbidden, invalid, notSupported, required } from '../../api/field-errors.ts'
import type { Json, LabelSelector } from '../../api/meta.ts'
import { formatLabelSelector } from '../../api/selectors.ts'
import { asInvalid } from '../../api/validation.ts'
import { dns1035LabelErrors, dnsSubdomainErrors, pathSegmentErrors } from '../../api/validation-names.ts'
import { dnsSubdomain, eachItem, requiredWord } from '../../api/validation-rules.ts'
import { validateLabelSelector } from '../../api/validation-selectors.ts'
import { knownWord, matchPolicies, validateRuleWithOperations } from './rule-validation.ts'

export type MatchResources = Json<V1MatchResources>
type NamedRule = Json<V1NamedRuleWithOperations>
type ParamKind = Json<V1ParamKind>
type ParamRef = Json<V1ParamRef>
type Variable = Json<V1Variable>

/** Nothing is left to change of what is deleted. */
export const mutatingOperations = ['*', 'CONNECT', 'CREATE', 'UPDATE']

export function defaultMatchResources(match: MatchResources | undefined): void {
  if (!match) return
  match.matchPolicy ??= 'Equivalent'
  match.namespaceSelector ??= {}
  match.objectSelector ??= {}
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])]) rule.scope ??= '*'
}

/** `operations`: the only ones that rules may name, where not all are. */
export function validateMatchConstraints(
  match: MatchResources | undefined,
  field: string,
  operations?: string[],
): FieldError[] {
  if (!match) return [required(field)]
  return [
    ...validateMatchResources(match, field),
    ...(match.resourceRules?.length ? [] : [required(`${field}.resourceRules`)]),
    ...(operations ? validateOperations(match, field, operations) : []),
  ]
}

export function validateMatchResources(match: MatchResources, field: string): FieldError[] {
  return [
    ...(match.matchPolicy === undefined
      ? [required(`${field}.matchPolicy`)]
      : knownWord(`${field}.matchPolicy`, match.matchPolicy, matchPolicies)),
    ...requiredSelector(match.namespaceSelector, `${field}.namespaceSelector`),
    ...requiredSelector(match.objectSelector, `${field}.objectSelector`),
    ...eachItem(match.resourceRules, `${field}.resourceRules`, namedRuleErrors),
    ...eachItem(match.excludeResourceRules, `${field}.excludeResourceRules`, namedRuleErrors),
  ]
}

function requiredSelector(selector: LabelSelector | undefined, field: string): FieldError[] {
  return selector ? validateLabelSelector(selector, field) : [required(field)]
}

function namedRuleErrors(rule: NamedRule, field: string): FieldError[] {
  const names = rule.resourceNames ?? []
  return [
    ...eachItem(names, `${field}.resourceNames`, (name, at, i) => [
      ...asInvalid(at, name, pathSegmentErrors(name)),
      ...(names.indexOf(name) < i ? [duplicate(at, name)] : []),
    ]),
    ...validateRuleWithOperations(rule, field),
  ]
}

export function validateOperations({ resourceRules }: MatchResources, field: string, allowed: string[]): FieldError[] {
  const given = (resourceRules ?? []).flatMap(({ operations }) => operations ?? [])
  return given.flatMap(operation => knownWord(`${field}.resourceRules.operations`, operation, allowed))
}

export function validateParamKind({ apiVersion, kind }: ParamKind, field: string): FieldError[] {
  const wrongKind = kind ? dns1035LabelErrors(kind.toLowerCase()) : []
  const mayBeMixed = 'may have mixed case, but should otherwise match: '
  return [
    ...apiVersionErrors(apiVersion ?? '', `${field}.apiVersion`),
    ...(kind ? [] : [required(`${field}.kind`)]),
    ...(wrongKind.length > 0 ? [invalid(`${field}.kind`, kind, mayBeMixed + wrongKind.join(','))] : []),
  ]
}

function apiVersionErrors(apiVersion: string, field: string): FieldError[] {
  if (!apiVersion) return [required(field)]
  const parts = apiVersion === '/' ? [''] : apiVersion.split('/')
  if (parts.length > 2) return [invalid(field, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)]
  const [group, version] = parts.length === 2 ? parts : ['', parts[0]]
  const wrongGroup = group ? dnsSubdomainErrors(group) : []
  const wrongVersion = version ? dns1035LabelErrors(version) : []
  return [
    ...(wrongGroup.length > 0 ? [invalid(field, group, wrongGroup.join(','))] : []),
    ...(version ? [] : [invalid(field, apiVersion, 'version must be specified')]),
    ...(wrongVersion.length > 0 ? [invalid(field, version, wrongVersion.join(','))] : []),
  ]
}

/** Words of the Common Expression Language that name nothing. */
const reservedWords = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)

export function validateVariables(variables: Variable[] | undefined, field: string): FieldError[] {
  return eachItem(variables, field, ({ name, expression }, at) => [
    ...variableName(name ?? '', `${at}.name`),
    ...requiredExpression(expression, `${at}.expression`, 'expression is not specified'),
  ])
}

function variableName(name: string, field: string): FieldError[] {
  if (name.trim() === '') return [required(field, 'name is not specified')]
  const isIdentifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) && !reservedWords.has(name)
  return isIdentifier ? [] : [invalid(field, name, 'name is not a valid CEL identifier')]
}

export function requiredExpression(expression: string | undefined, field: string, text = ''): FieldError[] {
  return expression?.trim() ? [] : [required(field, text)]
}

export function validatePolicyName(name: string | undefined, field: string): FieldError[] {
  return name ? dnsSubdomain(field, name) : [required(field)]
}

export function validateParamRef(ref: ParamRef | undefined, field: string): FieldError[] {
  if (!ref) return []
  const { name, selector, parameterNotFoundAction: action } = ref
  const exclusive = 'name and selector are mutually exclusive'
  return [
    ...(name ? asInvalid(`${field}.name`, name, pathSegmentErrors(name)) : []),
    ...(name && selector ? [fieldForbidden(`${field}.name`, exclusive)] : []),
    ...validateLabelSelector(selector, `${field}.selector`),
    ...(name && selector ? [fieldForbidden(`${field}.selector`, exclusive)] : []),
    ...(name || selector ? [] : [required(field, 'one of name or selector must be specified')]),
    ...(action
      ? requiredWord(`${field}.parameterNotFoundAction`, action, ['Deny', 'Allow'])
      : [required(`${field}.parameterNotFoundAction`)]),
  ]
}

/** `v1/ConfigMap`, as the column ParamKind shows it. */
export function formatParamKind(kind: ParamKind | undefined): string {
  return kind ? `${kind.apiVersion}/${kind.kind}` : '<unset>'
}

export function formatParamRef(ref: ParamRef | undefined): string {
  if (ref?.name) return `${ref.namespace || '*'}/${ref.name}`
  return ref?.selector ? formatLabelSelector(ref.selector) : '<unset>'
}

const validationActions = ['Audit', 'Deny', 'Warn']

export function validateValidationActions(actions: string[] | undefined, field: string): FieldError[] {
  const all = actions ?? []
  const both =
    'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'
  return [
    ...eachItem(all, field, (action, at, i) => [
      ...(validationActions.includes(action) ? [] : [notSupported(at, action, validationActions)]),
      ...(all.indexOf(action) < i ? [duplicate(at, action)] : []),
    ]),
    ...(all.includes('Deny') && all.includes('Warn') ? [invalid(field, all, both)] : []),
    ...(all.length > 0 ? [] : [required(field, 'at least one validation action is required')]),
  ]
}
