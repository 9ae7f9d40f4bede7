// ResourceQuota: how much a namespace may have altogether.

import type { V1ResourceQuota } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { validateQuotaSpec, validateQuotaStatus, validateQuotaUpdate } from './resource-quota-validation.ts'

export type ResourceQuota = Kube<V1ResourceQuota>

export const resourceQuotas: ResourceDefinition<ResourceQuota> = {
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  scope: 'Namespaced',
  shortNames: ['quota'],
  get schema() {
    return builtinSchema('V1ResourceQuota')
  },
  defaults: quota => {
    quota.spec ??= {}
    quota.status ??= {}
  },
  strategy: {
    prepareForCreate: quota => {
      quota.status = {}
    },
    prepareForUpdate: (quota, old) => restoreMember(quota, old, 'status'),
    validate: ({ spec }) => validateQuotaSpec(spec),
    validateUpdate: validateQuotaUpdate,
    returnsDeletedObject: true,
  },
  subresources: { status: statusSubresource({ validateUpdate: validateQuotaStatus }) },
  columns: [
    nameColumn,
    textColumn('Request', quota => usage(quota, name => !name.startsWith('limits.'))),
    textColumn('Limit', quota => usage(quota, name => name.startsWith('limits.'))),
    ageColumn,
  ],
}

/** `pods: 1/10, requests.cpu: 100m/2`. */
function usage({ status }: ResourceQuota, isMeant: (name: string) => boolean): string {
  const names = Object.keys(status?.hard ?? {})
    .filter(isMeant)
    .sort()
  return names.map(name => `${name}: ${status?.used?.[name] ?? '0'}/${status?.hard?.[name]}`).join(', ')
}
