// ServiceCIDR: a range that services get their addresses from.

import type { V1ServiceCIDR } from '@kubernetes/client-node'
import { type FieldError, invalid, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable } from '../../api/validation.ts'
import { cidr, eachItem } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'

export type ServiceCIDR = Kube<V1ServiceCIDR>

export const serviceCidrs: ResourceDefinition<ServiceCIDR> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1ServiceCIDR')
  },
  defaults: range => {
    range.status ??= {}
  },
  strategy: {
    prepareForCreate: range => {
      range.status = {}
    },
    prepareForUpdate: (range, old) => restoreMember(range, old, 'status'),
    validate: validateServiceCidr,
    validateUpdate: ({ spec }, old) => immutable('spec.cidrs', spec?.cidrs, old.spec?.cidrs),
  },
  subresources: { status: statusSubresource() },
  columns: [nameColumn, textColumn('CIDRs', ({ spec }) => (spec?.cidrs ?? []).join(',')), ageColumn],
}

/** One range of each family at most. */
function validateServiceCidr({ spec }: ServiceCIDR): FieldError[] {
  const cidrs = spec?.cidrs ?? []
  const field = 'spec.cidrs'
  // Upstream shows the spec as it has it inside.
  const shown = { CIDRs: cidrs }
  if (cidrs.length === 0) return [required(field, 'at least one CIDR required')]
  if (cidrs.length > 2) return [invalid(field, shown, 'may only hold up to 2 values')]
  const errors = eachItem(cidrs, field, (value, at) => cidr(at, value))
  const isOneFamily = cidrs[0]?.includes(':') === cidrs[1]?.includes(':')
  if (cidrs.length < 2 || (errors.length === 0 && !isOneFamily)) return errors
  const text = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'
  return [invalid(field, shown, text)]
}
