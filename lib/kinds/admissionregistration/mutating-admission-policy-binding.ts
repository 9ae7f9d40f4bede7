// MutatingAdmissionPolicyBinding: puts a MutatingAdmissionPolicy to work, on which objects and with which parameters.

import type { V1MutatingAdmissionPolicyBinding } from '@kubernetes/client-node'
import type { FieldError } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import {
  defaultMatchResources,
  formatParamRef,
  mutatingOperations,
  validateMatchResources,
  validateOperations,
  validateParamRef,
  validatePolicyName,
} from './policy-validation.ts'
import { staticNameWarnings } from './static-names.ts'

export type MutatingAdmissionPolicyBinding = Kube<V1MutatingAdmissionPolicyBinding>

export const mutatingAdmissionPolicyBindings: ResourceDefinition<MutatingAdmissionPolicyBinding> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  scope: 'Cluster',
  categories: ['api-extensions'],
  get schema() {
    return builtinSchema('V1MutatingAdmissionPolicyBinding')
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

type Spec = NonNullable<MutatingAdmissionPolicyBinding['spec']>

function validateBinding({ spec = {} as Spec }: MutatingAdmissionPolicyBinding): FieldError[] {
  const match = spec.matchResources
  return [
    ...validatePolicyName(spec.policyName, 'spec.policyName'),
    ...validateParamRef(spec.paramRef, 'spec.paramRef'),
    ...(match ? validateMatchResources(match, 'spec.matchResources') : []),
    ...(match ? validateOperations(match, 'spec.matchResources', mutatingOperations) : []),
  ]
}
