// What the four RBAC kinds share: the checks of rules, role references and subjects, and the two columns of roles.

import type { V1PolicyRule, V1RoleRef } from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required } from '../../api/field-errors.ts'
import type { Json, Kube, KubeObject } from '../../api/meta.ts'
import type { Column } from '../../api/resource.ts'
import { asInvalid } from '../../api/validation.ts'
import { pathSegmentErrors } from '../../api/validation-names.ts'
import { dnsSubdomain } from '../../api/validation-rules.ts'

export type PolicyRule = Json<V1PolicyRule>
export type RoleRef = Json<V1RoleRef>

export interface Subject {
  kind: string
  name: string
  namespace?: string
  apiGroup?: string
}

/** RoleBinding and ClusterRoleBinding. */
export interface Binding extends KubeObject {
  roleRef: RoleRef
  subjects?: Subject[]
}

/** Role and ClusterRole. */
export type AnyRole = Kube<{ rules?: V1PolicyRule[] }>

export const rbacGroup = 'rbac.authorization.k8s.io'

export function ruleErrors(rule: PolicyRule, field: string, isNamespaced: boolean): FieldError[] {
  const errors: FieldError[] = []
  if (!rule.verbs?.length) errors.push(required(`${field}.verbs`, 'verbs must contain at least one value'))
  if (rule.nonResourceURLs?.length) return [...errors, ...urlRuleErrors(rule, `${field}.nonResourceURLs`, isNamespaced)]
  if (!rule.apiGroups?.length) {
    errors.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'))
  }
  if (!rule.resources?.length) {
    errors.push(required(`${field}.resources`, 'resource rules must supply at least one resource'))
  }
  return errors
}

function urlRuleErrors(rule: PolicyRule, field: string, isNamespaced: boolean): FieldError[] {
  const errors: FieldError[] = []
  if (isNamespaced) {
    errors.push(invalid(field, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'))
  }
  if (rule.apiGroups?.length || rule.resources?.length || rule.resourceNames?.length) {
    const detail = 'rules cannot apply to both regular resources and non-resource URLs'
    errors.push(invalid(field, rule.nonResourceURLs, detail))
  }
  return errors
}

/** The group of a role reference, and of subjects that are users or groups, is RBAC's own. */
export function defaultBinding(binding: Binding): void {
  // A struct to Go, and so always there.
  binding.roleRef ??= {} as RoleRef
  binding.roleRef.apiGroup ||= rbacGroup
  for (const subject of binding.subjects ?? []) {
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= rbacGroup
  }
}

export function roleRefErrors(ref: RoleRef, kinds: string[]): FieldError[] {
  const errors: FieldError[] = []
  if (ref.apiGroup !== rbacGroup) errors.push(notSupported('roleRef.apiGroup', ref.apiGroup, [rbacGroup]))
  if (!kinds.includes(ref.kind)) errors.push(notSupported('roleRef.kind', ref.kind, kinds))
  if (!ref.name) errors.push(required('roleRef.name'))
  else errors.push(...asInvalid('roleRef.name', ref.name, pathSegmentErrors(ref.name)))
  return errors
}

export function subjectErrors(subject: Subject, field: string, isNamespaced: boolean): FieldError[] {
  const errors: FieldError[] = subject.name ? [] : [required(`${field}.name`)]
  const group = subject.apiGroup ?? ''
  if (subject.kind === 'ServiceAccount') {
    if (subject.name) errors.push(...dnsSubdomain(`${field}.name`, subject.name))
    if (group !== '') errors.push(notSupported(`${field}.apiGroup`, group, ['']))
    if (!isNamespaced && !subject.namespace) errors.push(required(`${field}.namespace`))
  } else if (subject.kind === 'User' || subject.kind === 'Group') {
    if (!subject.name) {
      errors.push(invalid(`${field}.name`, subject.name, `${subject.kind.toLowerCase()} name cannot be empty`))
    }
    if (group !== rbacGroup) errors.push(notSupported(`${field}.apiGroup`, group, [rbacGroup]))
  } else {
    errors.push(notSupported(`${field}.kind`, subject.kind, ['ServiceAccount', 'User', 'Group']))
  }
  return errors
}

/** A binding says what it grants once and for all: who wants another role makes another binding. */
export function roleRefUnchanged(binding: Binding, old: Binding): FieldError[] {
  const same = (['apiGroup', 'kind', 'name'] as const).every(key => binding.roleRef[key] === old.roleRef[key])
  return same ? [] : [invalid('roleRef', binding.roleRef, 'cannot change roleRef')]
}

export function roleColumns<T extends KubeObject>(): Column<T>[] {
  return [
    { name: 'Name', type: 'string', format: 'name', value: obj => obj.metadata.name ?? '' },
    { name: 'Created At', type: 'date', value: obj => obj.metadata.creationTimestamp ?? null },
  ]
}
