// ClusterRoleBinding: who may do, in the whole cluster, what a ClusterRole says.

import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import {
  type Binding,
  defaultBinding,
  rbacGroup,
  roleRefErrors,
  roleRefUnchanged,
  subjectErrors,
} from './policy-rules.ts'
import { bindingColumns } from './role-binding.ts'

export type ClusterRoleBinding = Binding

export const clusterRoleBindings: ResourceDefinition<ClusterRoleBinding> = {
  group: rbacGroup,
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1ClusterRoleBinding')
  },
  defaults: defaultBinding,
  strategy: {
    nameRule: 'path-segment',
    allowCreateOnUpdate: true,
    validate: binding => [
      ...roleRefErrors(binding.roleRef, ['ClusterRole']),
      ...(binding.subjects ?? []).flatMap((subject, i) => subjectErrors(subject, `subjects[${i}]`, false)),
    ],
    validateUpdate: roleRefUnchanged,
  },
  columns: bindingColumns(),
}
