// ServiceAccount: who a pod is to the API.

import type { V1ServiceAccount } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn } from '../columns.ts'

export type ServiceAccount = Kube<V1ServiceAccount>

export const serviceAccounts: ResourceDefinition<ServiceAccount> = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  scope: 'Namespaced',
  shortNames: ['sa'],
  get schema() {
    return builtinSchema('V1ServiceAccount')
  },
  strategy: { returnsDeletedObject: true },
  columns: [nameColumn, { name: 'Secrets', type: 'string', value: ({ secrets }) => (secrets ?? []).length }, ageColumn],
}
