// Lease: who holds something, and since when: heartbeats of nodes, elections of leaders.

import type { V1Lease } from '@kubernetes/client-node'
import { type FieldError, fieldForbidden, invalid, notSupported } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { nonNegative } from '../../api/validation.ts'
import { qualifiedName } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'

export type Lease = Kube<V1Lease>

export const leases: ResourceDefinition<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('V1Lease')
  },
  defaults: lease => {
    lease.spec ??= {}
  },
  strategy: {
    validate: validateLease,
    allowCreateOnUpdate: true,
    allowUnconditionalUpdate: false,
  },
  columns: [nameColumn, textColumn('Holder', ({ spec }) => spec?.holderIdentity ?? ''), ageColumn],
}

function validateLease({ spec = {} }: Lease): FieldError[] {
  const { leaseDurationSeconds: seconds, leaseTransitions, strategy, preferredHolder } = spec
  return [
    ...(seconds !== undefined && seconds <= 0
      ? [invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]
      : []),
    ...nonNegative('spec.leaseTransitions', leaseTransitions),
    ...(strategy === undefined ? [] : strategyErrors(strategy, 'spec.strategy')),
    ...(preferredHolder && !strategy
      ? [fieldForbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined')]
      : []),
  ]
}

const strategies = ['OldestEmulationVersion']

/** Kubernetes' own, or a qualified one. */
function strategyErrors(strategy: string, field: string): FieldError[] {
  if (strategy.includes('/')) return qualifiedName(field, strategy)
  // Upstream names the field twice.
  return strategies.includes(strategy) ? [] : [notSupported(`${field}.strategy`, strategy, strategies)]
}
