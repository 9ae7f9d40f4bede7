// RoleBinding: who may do, in one namespace, what a Role or ClusterRole says.

import type { Column, ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn } from '../columns.ts'
import {
  type Binding,
  defaultBinding,
  rbacGroup,
  roleRefErrors,
  roleRefUnchanged,
  type Subject,
  subjectErrors,
} from './policy-rules.ts'

export type RoleBinding = Binding

export const roleBindings: ResourceDefinition<RoleBinding> = {
  group: rbacGroup,
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('V1RoleBinding')
  },
  defaults: defaultBinding,
  strategy: {
    nameRule: 'path-segment',
    allowCreateOnUpdate: true,
    validate: binding => [
      ...roleRefErrors(binding.roleRef, ['Role', 'ClusterRole']),
      ...(binding.subjects ?? []).flatMap((subject, i) => subjectErrors(subject, `subjects[${i}]`, true)),
    ],
    validateUpdate: roleRefUnchanged,
  },
  columns: bindingColumns(),
}

/** Shared with ClusterRoleBinding. */
export function bindingColumns(): Column<Binding>[] {
  const subjects = (name: string, kind: string, print: (subject: Subject) => string): Column<Binding> => ({
    name,
    type: 'string',
    priority: 1,
    value: ({ subjects = [] }) =>
      subjects
        .filter(subject => subject.kind === kind)
        .map(print)
        .join(', '),
  })
  return [
    { name: 'Name', type: 'string', format: 'name', value: obj => obj.metadata.name ?? '' },
    { name: 'Role', type: 'string', value: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}` },
    ageColumn,
    subjects('Users', 'User', subject => subject.name),
    subjects('Groups', 'Group', subject => subject.name),
    subjects('ServiceAccounts', 'ServiceAccount', subject => `${subject.namespace ?? ''}/${subject.name}`),
  ]
}
