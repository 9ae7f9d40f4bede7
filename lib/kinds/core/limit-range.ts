// LimitRange: how much one container, pod or claim of a namespace may ask for, and what it gets when it asks for
// nothing.

import type { V1LimitRange } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { nameColumn } from '../columns.ts'
import { validateLimitRange } from './limit-range-validation.ts'

export type LimitRange = Kube<V1LimitRange>

export const limitRanges: ResourceDefinition<LimitRange> = {
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  scope: 'Namespaced',
  shortNames: ['limits'],
  get schema() {
    return builtinSchema('V1LimitRange')
  },
  defaults: ({ spec }) => {
    for (const limit of spec?.limits ?? []) if (limit.type === 'Container') defaultContainerLimits(limit)
  },
  strategy: {
    allowCreateOnUpdate: true,
    validate: validateLimitRange,
  },
  columns: [
    nameColumn,
    { name: 'Created At', type: 'date', value: ({ metadata }) => metadata.creationTimestamp ?? null },
  ],
}

type Limit = NonNullable<LimitRange['spec']>['limits'][number]

/** The default limit is the maximum; the default request is the default limit, else the minimum. */
function defaultContainerLimits(limit: Limit): void {
  const limits = { ...limit.max, ...limit.default }
  const requests = { ...limit.min, ...limits, ...limit.defaultRequest }
  if (Object.keys(limits).length > 0) limit.default = limits
  if (Object.keys(requests).length > 0) limit.defaultRequest = requests
}
