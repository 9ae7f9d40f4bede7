// ResourceClaim: devices that pods ask for. What is asked never changes; what was found for it stands in the status.

import type { ResourceV1ResourceClaim } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable } from '../../api/validation.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, restoreMetadata, statusSubresource } from '../status-subresource.ts'
import { defaultClaimSpec } from './device-defaults.ts'
import { validateClaimStatusUpdate } from './resource-claim-status-validation.ts'
import { validateClaimSpec } from './resource-claim-validation.ts'

export type ResourceClaim = Kube<ResourceV1ResourceClaim>

export const resourceClaims: ResourceDefinition<ResourceClaim> = {
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('ResourceV1ResourceClaim')
  },
  defaults: claim => {
    claim.spec ??= {}
    claim.status ??= {}
    defaultClaimSpec(claim.spec)
  },
  strategy: {
    prepareForCreate: claim => {
      claim.status = {}
    },
    prepareForUpdate: (claim, old) => restoreMember(claim, old, 'status'),
    validateCreate: ({ spec }) => validateClaimSpec(spec, 'spec'),
    validateUpdate: ({ spec }, old) => immutable('spec', spec, old.spec),
    returnsDeletedObject: true,
  },
  subresources: {
    status: statusSubresource<ResourceClaim>({ keep: restoreMetadata, validateUpdate: validateClaimStatusUpdate }),
  },
  columns: [nameColumn, textColumn('State', claimState), ageColumn],
}

function claimState({ metadata, status }: ResourceClaim): string {
  const isDeleted = metadata.deletionTimestamp !== undefined
  const reserved = status?.reservedFor?.length ? ['reserved'] : []
  const states = status?.allocation ? ['allocated', ...reserved] : isDeleted ? [] : ['pending']
  return [...(isDeleted ? ['deleted'] : []), ...states].join(',')
}
