// MutatingAdmissionPolicy: how writes are changed, said in expressions. A binding puts it to work.

import type { V1MutatingAdmissionPolicy, V1Mutation } from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required } from '../../api/field-errors.ts'
import type { Json, Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { eachItem, requiredWord } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, countColumn, nameColumn, textColumn } from '../columns.ts'
import {
  defaultMatchResources,
  formatParamKind,
  mutatingOperations,
  requiredExpression,
  validateMatchConstraints,
  validateParamKind,
  validateVariables,
} from './policy-validation.ts'
import { failurePolicies, knownWord, reinvocationPolicies, validateMatchConditions } from './rule-validation.ts'
import { staticNameWarnings } from './static-names.ts'

export type MutatingAdmissionPolicy = Kube<V1MutatingAdmissionPolicy>

export const mutatingAdmissionPolicies: ResourceDefinition<MutatingAdmissionPolicy> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  scope: 'Cluster',
  categories: ['api-extensions'],
  get schema() {
    return builtinSchema('V1MutatingAdmissionPolicy')
  },
  defaults: policy => {
    policy.spec ??= {}
    policy.spec.failurePolicy ??= 'Fail'
    defaultMatchResources(policy.spec.matchConstraints)
  },
  strategy: { validate: validatePolicy, warnings: staticNameWarnings, allowUnconditionalUpdate: false },
  tracksGeneration: true,
  columns: [
    nameColumn,
    countColumn('Mutations', ({ spec }) => spec?.mutations?.length),
    textColumn('ParamKind', ({ spec }) => formatParamKind(spec?.paramKind)),
    ageColumn,
  ],
}

function validatePolicy({ spec = {} }: MutatingAdmissionPolicy): FieldError[] {
  return [
    ...knownWord('spec.failurePolicy', spec.failurePolicy, failurePolicies),
    ...(spec.paramKind ? validateParamKind(spec.paramKind, 'spec.paramKind') : []),
    ...validateMatchConstraints(spec.matchConstraints, 'spec.matchConstraints', mutatingOperations),
    ...validateMatchConditions(spec.matchConditions, 'spec.matchConditions'),
    ...validateVariables(spec.variables, 'spec.variables'),
    ...(spec.mutations?.length ? [] : [required('spec.mutations', 'mutations must contain at least one item')]),
    ...eachItem(spec.mutations, 'spec.mutations', mutationErrors),
    ...requiredWord('spec.reinvocationPolicy', spec.reinvocationPolicy, reinvocationPolicies),
  ]
}

/** Where each type of patch has its expression. */
const memberOf = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' } as const

function mutationErrors(mutation: Json<V1Mutation>, field: string): FieldError[] {
  const type = mutation.patchType
  if (!type) return [required(`${field}.patchType`)]
  if (type !== 'ApplyConfiguration' && type !== 'JSONPatch') {
    return [notSupported(`${field}.patchType`, type, Object.keys(memberOf))]
  }
  const own = memberOf[type]
  const other = own === 'jsonPatch' ? 'applyConfiguration' : 'jsonPatch'
  const at = `${field}.${own}`
  return [
    ...(mutation[own]
      ? requiredExpression(mutation[own].expression, `${at}.expression`, 'expression is not specified')
      : [required(at, `must be specified when patchType is ${type}`)]),
    ...(mutation[other]
      ? [invalid(`${field}.${other}`, `{${other}}`, `must not be specified when patchType is ${type}`)]
      : []),
  ]
}
