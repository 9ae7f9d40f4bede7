// Role: what may be done in one namespace.

import type { V1Role } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { rbacGroup, roleColumns, ruleErrors } from './policy-rules.ts'

export type Role = Kube<V1Role>

export const roles: ResourceDefinition<Role> = {
  group: rbacGroup,
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('V1Role')
  },
  strategy: {
    nameRule: 'path-segment',
    allowCreateOnUpdate: true,
    validate: role => (role.rules ?? []).flatMap((rule, i) => ruleErrors(rule, `rules[${i}]`, true)),
  },
  columns: roleColumns(),
}
