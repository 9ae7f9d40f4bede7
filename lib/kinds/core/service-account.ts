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
  strategy: {
    prepareForCreate: nameSecretsOnly,
    prepareForUpdate: nameSecretsOnly,
    warnings: enforcementWarnings,
    returnsDeletedObject: true,
  },
  columns: [nameColumn, { name: 'Secrets', type: 'string', value: ({ secrets }) => (secrets ?? []).length }, ageColumn],
}

/** A secret of a service account is in its namespace: nothing but the name of it counts. */
function nameSecretsOnly(account: ServiceAccount): void {
  if (account.secrets) account.secrets = account.secrets.map(({ name }) => (name ? { name } : {}))
}

const enforcement = 'kubernetes.io/enforce-mountable-secrets'

/** To those who begin to use it. */
function enforcementWarnings({ metadata }: ServiceAccount, old?: ServiceAccount): string[] {
  const has = (annotations: Record<string, string> | undefined) => annotations?.[enforcement] !== undefined
  if (!has(metadata.annotations) || has(old?.metadata.annotations)) return []
  const advice = 'prefer separate namespaces to isolate access to mounted secrets'
  return [`metadata.annotations[${enforcement}]: deprecated in v1.32+; ${advice}`]
}
