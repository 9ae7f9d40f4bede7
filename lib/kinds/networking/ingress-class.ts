// IngressClass: which controller makes Ingresses work.

import type { V1IngressClass } from '@kubernetes/client-node'
import { type FieldError, fieldForbidden, notSupported, required, tooLong } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable } from '../../api/validation.ts'
import { domainPrefixedPath } from '../../api/validation-domains.ts'
import { dnsLabel } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { objectReferenceErrors } from './ingress-validation.ts'

export type IngressClass = Kube<V1IngressClass>

export const ingressClasses: ResourceDefinition<IngressClass> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1IngressClass')
  },
  defaults: ({ spec }) => {
    if (spec?.parameters) spec.parameters.scope ??= 'Cluster'
  },
  strategy: {
    validate: validateIngressClass,
    validateUpdate: ({ spec }, { spec: old }) => immutable('spec.controller', spec?.controller, old?.controller),
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('Controller', ({ spec }) => spec?.controller ?? ''),
    textColumn('Parameters', parameters),
    ageColumn,
  ],
}

function parameters({ spec }: IngressClass): string {
  const given = spec?.parameters
  if (!given) return '<none>'
  return `${given.kind}${given.apiGroup ? `.${given.apiGroup}` : ''}/${given.name}`
}

const maxControllerBytes = 250

function validateIngressClass({ spec }: IngressClass): FieldError[] {
  const { controller, parameters } = spec ?? {}
  const isTooLong = Buffer.byteLength(controller ?? '') > maxControllerBytes
  return [
    ...(isTooLong ? [tooLong('spec.controller', maxControllerBytes)] : []),
    ...domainPrefixedPath('spec.controller', controller),
    ...(parameters ? parametersErrors(parameters, 'spec.parameters') : []),
  ]
}

type Parameters = NonNullable<NonNullable<IngressClass['spec']>['parameters']>

function parametersErrors(given: Parameters, field: string): FieldError[] {
  return [...objectReferenceErrors(given, field), ...scopeErrors(given, field)]
}

function scopeErrors({ scope, namespace }: Parameters, field: string): FieldError[] {
  const at = `${field}.namespace`
  if (scope === undefined) return [required(`${field}.scope`)]
  if (scope === 'Cluster') {
    return namespace === undefined ? [] : [fieldForbidden(at, "`parameters.scope` is set to 'Cluster'")]
  }
  if (scope !== 'Namespace') return [notSupported(`${field}.scope`, scope, ['Cluster', 'Namespace'])]
  return namespace === undefined ? [required(at, "`parameters.scope` is set to 'Namespace'")] : dnsLabel(at, namespace)
}
