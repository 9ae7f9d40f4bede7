// ValidatingAdmissionPolicyBinding: puts a ValidatingAdmissionPolicy to work, on which objects and with which parameters.

import type { V1ValidatingAdmissionPolicyBinding } from '@kubernetes/client-node'
import type { FieldError } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import {
  defaultMatchResources,
  formatParamRef,
  validateMatchResources,
  validateParamRef,
  validatePolicyName,
  validateValidationActions,
} from './policy-validation.ts'
import { staticNameWarnings } from './static-names.ts'

export type ValidatingAdmissionPolicyBinding = Kube<V1ValidatingAdmissionPolicyBinding>

export const validatingAdmissionPolicyBindings: ResourceDefinition<ValidatingAdmissionPolicyBinding> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  scope: 'Cluster',
  categories: ['api-extensions'],
  get schema() {
    return builtinSchema('V1ValidatingAdmissionPolicyBinding')
  },
  defaults: binding => {
    binding.spec ??= {} as Spec
    defaultMatchResources(binding.spec.matchResources)
  },
  strategy: { validate: validateBinding, warnings: staticNameWarnings, allowUnconditionalUpdate: false },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('PolicyName', ({ spec }) => spec?.policyName ?? ''),
    textColumn('ParamRef', ({ spec }) => formatParamRef(spec?.paramRef)),
    ageColumn,
  ],
}

type Spec = NonNullable<ValidatingAdmissionPolicyBinding['spec']>

function validateBinding({ spec = {} as Spec }: ValidatingAdmissionPolicyBinding): FieldError[] {
  const match = spec.matchResources
  return [
    ...validatePolicyName(spec.policyName, 'spec.policyName'),
    ...validateParamRef(spec.paramRef, 'spec.paramRef'),
    ...(match ? validateMatchResources(match, 'spec.matchResources') : []),
    ...validateValidationActions(spec.validationActions, 'spec.validationActions'),
  ]
}
