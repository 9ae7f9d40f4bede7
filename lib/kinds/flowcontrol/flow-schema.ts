// FlowSchema: which requests belong together, and at which priority level they are served.

import type {
  FlowcontrolV1Subject,
  V1FlowSchema,
  V1NonResourcePolicyRule,
  V1PolicyRulesWithSubjects,
  V1ResourcePolicyRule,
} from '@kubernetes/client-node'
import { type FieldError, fieldForbidden, invalid, notSupported, required } from '../../api/field-errors.ts'
import type { Json, Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { asInvalid } from '../../api/validation.ts'
import { dnsLabelErrors, dnsSubdomainErrors } from '../../api/validation-names.ts'
import { dnsLabel, dnsSubdomain, eachItem, requiredText } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { validateConditions } from './condition-validation.ts'
import { mandatoryFlowSchemas } from './mandatory-objects.ts'

export type FlowSchema = Kube<V1FlowSchema>
export type FlowSchemaSpec = NonNullable<FlowSchema['spec']>

const defaultPrecedence = 1000
const maxPrecedence = 10_000

export const flowSchemas: ResourceDefinition<FlowSchema> = {
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1FlowSchema')
  },
  defaults: schema => {
    schema.spec ??= {} as FlowSchemaSpec
    schema.spec.matchingPrecedence ||= defaultPrecedence
    schema.status ??= {}
  },
  strategy: {
    prepareForCreate: schema => {
      schema.status = {}
    },
    prepareForUpdate: (schema, old) => restoreMember(schema, old, 'status'),
    validate: validateFlowSchema,
    allowUnconditionalUpdate: false,
  },
  subresources: {
    status: statusSubresource({ validateUpdate: ({ status }) => validateConditions(status?.conditions) }),
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('PriorityLevel', ({ spec }) => spec?.priorityLevelConfiguration?.name ?? ''),
    { name: 'MatchingPrecedence', type: 'string', value: ({ spec }) => spec?.matchingPrecedence ?? 0 },
    textColumn('DistinguisherMethod', ({ spec }) => spec?.distinguisherMethod?.type ?? '<none>'),
    ageColumn,
    textColumn('MissingPL', ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?'),
  ],
}

function validateFlowSchema({ metadata, spec = {} as FlowSchemaSpec, status }: FlowSchema): FieldError[] {
  const name = metadata.name ?? ''
  const level = spec.priorityLevelConfiguration?.name
  const method = spec.distinguisherMethod?.type
  const methods = ['ByNamespace', 'ByUser']
  const fixed = Object.hasOwn(mandatoryFlowSchemas, name) ? mandatoryFlowSchemas[name] : undefined
  return [
    ...precedenceErrors(name, spec.matchingPrecedence ?? 0),
    ...(spec.distinguisherMethod && !methods.includes(method ?? '')
      ? [notSupported('spec.distinguisherMethod.type', method, methods)]
      : []),
    ...(level
      ? dnsSubdomain('spec.priorityLevelConfiguration.name', level)
      : [required('spec.priorityLevelConfiguration.name', 'must reference a priority level')]),
    ...eachItem(spec.rules, 'spec.rules', ruleErrors),
    ...(fixed && !jsonEqual(spec, fixed)
      ? [invalid('spec', spec, `spec of '${name}' must equal the fixed value`)]
      : []),
    ...validateConditions(status?.conditions),
  ]
}

function precedenceErrors(name: string, precedence: number): FieldError[] {
  const field = 'spec.matchingPrecedence'
  return [
    ...(precedence <= 0 ? [invalid(field, precedence, 'must be a positive value')] : []),
    ...(precedence > maxPrecedence ? [invalid(field, precedence, `must not be greater than ${maxPrecedence}`)] : []),
    ...(precedence === 1 && name !== 'exempt'
      ? [invalid(field, precedence, "only the schema named 'exempt' may have matchingPrecedence 1")]
      : []),
  ]
}

function ruleErrors(rule: Json<V1PolicyRulesWithSubjects>, field: string): FieldError[] {
  const isEmpty = !rule.resourceRules?.length && !rule.nonResourceRules?.length
  return [
    ...(rule.subjects?.length ? [] : [required(`${field}.subjects`, 'subjects must contain at least one value')]),
    ...eachItem(rule.subjects, `${field}.subjects`, subjectErrors),
    ...(isEmpty ? [required(field, 'at least one of resourceRules and nonResourceRules has to be non-empty')] : []),
    ...eachItem(rule.resourceRules, `${field}.resourceRules`, resourceRuleErrors),
    ...eachItem(rule.nonResourceRules, `${field}.nonResourceRules`, nonResourceRuleErrors),
  ]
}

/** Where each kind of subject is named. */
const memberOf = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const

function subjectErrors(subject: Json<FlowcontrolV1Subject>, field: string): FieldError[] {
  const { kind } = subject
  if (kind !== 'ServiceAccount' && kind !== 'User' && kind !== 'Group') {
    return [notSupported(`${field}.kind`, kind, ['Group', 'ServiceAccount', 'User'])]
  }
  const own = memberOf[kind]
  const others = (['ServiceAccount', 'User', 'Group'] as const).filter(other => other !== kind)
  return [
    ...(subject[own]
      ? namedErrors(subject, kind, `${field}.${own}`)
      : [required(`${field}.${own}`, `${own} is required when subject kind is '${kind}'`)]),
    ...others
      .filter(other => subject[memberOf[other]])
      .map(other => {
        const text = `${memberOf[other]} is forbidden when subject kind is not '${other}'`
        return fieldForbidden(`${field}.${memberOf[other]}`, text)
      }),
  ]
}

function namedErrors(subject: Json<FlowcontrolV1Subject>, kind: keyof typeof memberOf, field: string): FieldError[] {
  const name = subject[memberOf[kind]]?.name
  const account = kind === 'ServiceAccount' ? subject.serviceAccount : undefined
  if (!account) return requiredText(`${field}.name`, name)
  return [
    ...requiredText(`${field}.name`, name),
    ...(name && name !== '*' ? asInvalid(`${field}.name`, name, dnsSubdomainErrors(name)) : []),
    ...(account.namespace
      ? dnsLabel(`${field}.namespace`, account.namespace)
      : [required(`${field}.namespace`, 'must specify namespace for service account')]),
  ]
}

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']

function verbErrors(given: string[] | undefined, field: string): FieldError[] {
  if (!given?.length) return [required(field, 'verbs must contain at least one value')]
  if (given.includes('*')) return wildcardAlone(given, field, 'verbs')
  return given.every(verb => verbs.includes(verb)) ? [] : [notSupported(field, given, verbs)]
}

function wildcardAlone(values: string[], field: string, what: string): FieldError[] {
  if (values.length === 1 || !values.includes('*')) return []
  return [invalid(field, values, `if '*' is present, must not specify other ${what}`)]
}

function resourceRuleErrors(rule: Json<V1ResourcePolicyRule>, field: string): FieldError[] {
  const { apiGroups, resources } = rule
  return [
    ...verbErrors(rule.verbs, `${field}.verbs`),
    ...(apiGroups?.length
      ? wildcardAlone(apiGroups, `${field}.apiGroups`, 'api groups')
      : [required(`${field}.apiGroups`, 'resource rules must supply at least one api group')]),
    ...(resources?.length
      ? wildcardAlone(resources, `${field}.resources`, 'resources')
      : [required(`${field}.resources`, 'resource rules must supply at least one resource')]),
    ...namespaceErrors(rule, `${field}.namespaces`),
  ]
}

function namespaceErrors({ namespaces = [], clusterScope }: Json<V1ResourcePolicyRule>, field: string): FieldError[] {
  if (namespaces.length === 0 && !clusterScope) {
    return [required(field, 'resource rules that are not cluster scoped must supply at least one namespace')]
  }
  if (namespaces.includes('*')) return wildcardAlone(namespaces, field, 'namespaces')
  const intro = "each member of this list must be '*' or a DNS-1123 label; "
  return eachItem(namespaces, field, (namespace, at) =>
    asInvalid(
      at,
      namespace,
      dnsLabelErrors(namespace).map(text => intro + text),
    ),
  )
}

function nonResourceRuleErrors(rule: Json<V1NonResourcePolicyRule>, field: string): FieldError[] {
  const at = `${field}.nonResourceURLs`
  const urls = rule.nonResourceURLs ?? []
  const errors = verbErrors(rule.verbs, `${field}.verbs`)
  if (urls.length === 0) return [...errors, required(at, 'nonResourceURLs must contain at least one value')]
  if (urls.includes('*')) return [...errors, ...wildcardAlone(urls, at, 'non-resource URLs')]
  return [...errors, ...eachItem(urls, at, urlErrors)]
}

function urlErrors(path: string, field: string): FieldError[] {
  const wrong = urlFault(path)
  return wrong === undefined ? [] : [invalid(field, path, wrong)]
}

function urlFault(path: string): string | undefined {
  if (path === '') return 'must not be empty'
  if (!path.startsWith('/')) return 'must start with slash'
  if (path.includes(' ')) return 'must not contain white-space'
  if (path.includes('//')) return 'must not contain double slash'
  const wildcards = path.split('*').length - 1
  const isSuffix = wildcards === 1 && path.endsWith('/*')
  return wildcards > 0 && !isSuffix ? 'wildcard can only do suffix matching' : undefined
}
