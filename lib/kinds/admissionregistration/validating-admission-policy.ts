// ValidatingAdmissionPolicy: what must hold for writes, said in expressions. A binding puts it to work.

import type { V1AuditAnnotation, V1ValidatingAdmissionPolicy, V1Validation } from '@kubernetes/client-node'
import { duplicate, type FieldError, invalid, required } from '../../api/field-errors.ts'
import type { Json, Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { validateConditions } from '../../api/validation-conditions.ts'
import { eachItem, qualifiedName, requiredText } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, countColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import {
  defaultMatchResources,
  formatParamKind,
  requiredExpression,
  validateMatchConstraints,
  validateParamKind,
  validateVariables,
} from './policy-validation.ts'
import { failurePolicies, knownWord, validateMatchConditions } from './rule-validation.ts'
import { staticNameWarnings } from './static-names.ts'

export type ValidatingAdmissionPolicy = Kube<V1ValidatingAdmissionPolicy>

export const validatingAdmissionPolicies: ResourceDefinition<ValidatingAdmissionPolicy> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  scope: 'Cluster',
  categories: ['api-extensions'],
  get schema() {
    return builtinSchema('V1ValidatingAdmissionPolicy')
  },
  defaults: policy => {
    policy.spec ??= {}
    policy.spec.failurePolicy ??= 'Fail'
    defaultMatchResources(policy.spec.matchConstraints)
    policy.status ??= {}
  },
  strategy: {
    prepareForCreate: policy => {
      policy.status = {}
    },
    prepareForUpdate: (policy, old) => restoreMember(policy, old, 'status'),
    validate: validatePolicy,
    warnings: staticNameWarnings,
    allowUnconditionalUpdate: false,
  },
  subresources: { status: statusSubresource({ validateUpdate: validateStatus }) },
  tracksGeneration: true,
  columns: [
    nameColumn,
    countColumn('Validations', ({ spec }) => spec?.validations?.length),
    textColumn('ParamKind', ({ spec }) => formatParamKind(spec?.paramKind)),
    ageColumn,
  ],
}

const maxAuditAnnotations = 20
const maxValueExpressionBytes = 5 * 1024

function validatePolicy({ metadata, spec = {} }: ValidatingAdmissionPolicy): FieldError[] {
  const { validations = [], auditAnnotations = [] } = spec
  const isEmpty = validations.length === 0 && auditAnnotations.length === 0
  const text = 'validations or auditAnnotations must contain at least one item'
  return [
    ...knownWord('spec.failurePolicy', spec.failurePolicy, failurePolicies),
    ...(spec.paramKind ? validateParamKind(spec.paramKind, 'spec.paramKind') : []),
    ...validateMatchConstraints(spec.matchConstraints, 'spec.matchConstraints'),
    ...validateMatchConditions(spec.matchConditions, 'spec.matchConditions'),
    ...validateVariables(spec.variables, 'spec.variables'),
    ...(isEmpty ? [required('spec.validations', text), required('spec.auditAnnotations', text)] : []),
    ...eachItem(validations, 'spec.validations', validationErrors),
    ...(auditAnnotations.length > maxAuditAnnotations
      ? [
          invalid(
            'spec.auditAnnotations',
            auditAnnotations,
            `must not have more than ${maxAuditAnnotations} auditAnnotations`,
          ),
        ]
      : []),
    ...eachItem(auditAnnotations, 'spec.auditAnnotations', (annotation, field, i) => [
      ...annotationErrors(annotation, metadata.name ?? '', field),
      ...(auditAnnotations.findIndex(({ key }) => key === annotation.key) < i
        ? [duplicate(`${field}.key`, annotation.key)]
        : []),
    ]),
  ]
}

/** What the answer to a refused write may give as its reason. */
const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']

function validationErrors(validation: Json<V1Validation>, field: string): FieldError[] {
  const { expression, message = '', messageExpression, reason } = validation
  const isBlank = message !== '' && message.trim() === ''
  return [
    ...requiredExpression(expression, `${field}.expression`, 'expression is not specified'),
    ...(messageExpression && messageExpression.trim() === ''
      ? [invalid(`${field}.messageExpression`, messageExpression, 'must be non-empty if specified')]
      : []),
    ...(isBlank ? [invalid(`${field}.message`, message, 'message must be non-empty if specified')] : []),
    ...(/[\n\r]/.test(message.trim())
      ? [invalid(`${field}.message`, message, 'message must not contain line breaks')]
      : []),
    ...knownWord(`${field}.reason`, reason, reasons),
  ]
}

function annotationErrors(annotation: Json<V1AuditAnnotation>, policyName: string, field: string): FieldError[] {
  const { key = '', valueExpression = '' } = annotation
  const expression = valueExpression.trim()
  const at = `${field}.valueExpression`
  return [
    ...(policyName
      ? qualifiedName(`${field}.key`, `${policyName}/${key}`)
      : [invalid(`${field}.key`, key, 'requires metadata.name be non-empty')]),
    ...requiredExpression(expression, at, 'valueExpression is not specified'),
    ...(Buffer.byteLength(expression) > maxValueExpressionBytes
      ? [required(at, `must not exceed ${maxValueExpressionBytes} bytes in length`)]
      : []),
  ]
}

function validateStatus({ status = {} }: ValidatingAdmissionPolicy): FieldError[] {
  return [
    ...eachItem(
      status.typeChecking?.expressionWarnings,
      'status.typeChecking.expressionWarnings',
      ({ warning, fieldRef }, field) => [
        ...requiredText(`${field}.warning`, warning),
        ...requiredText(`${field}.fieldRef`, fieldRef?.trim()),
      ],
    ),
    ...validateConditions(status.conditions, 'status.conditions'),
  ]
}
