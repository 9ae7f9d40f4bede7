// PriorityLevelConfiguration: how much of the server's concurrency a class of requests gets, and what waits when it has
// no more.

import type {
  V1ExemptPriorityLevelConfiguration,
  V1LimitedPriorityLevelConfiguration,
  V1LimitResponse,
  V1PriorityLevelConfiguration,
  V1QueuingConfiguration,
} from '@kubernetes/client-node'
import { type FieldError, fieldForbidden, invalid, notSupported, required } from '../../api/field-errors.ts'
import type { Json, Kube } from '../../api/meta.ts'
import type { Cell, Column, ResourceDefinition } from '../../api/resource.ts'
import { inRange } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { validateConditions } from './condition-validation.ts'
import { mandatoryPriorityLevels } from './mandatory-objects.ts'

export type PriorityLevelConfiguration = Kube<V1PriorityLevelConfiguration>
export type PriorityLevelSpec = NonNullable<PriorityLevelConfiguration['spec']>

export const priorityLevelConfigurations: ResourceDefinition<PriorityLevelConfiguration> = {
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1PriorityLevelConfiguration')
  },
  defaults: level => {
    level.spec ??= {} as PriorityLevelSpec
    defaultSpec(level.spec)
    level.status ??= {}
  },
  strategy: {
    prepareForCreate: level => {
      level.status = {}
    },
    prepareForUpdate: (level, old) => restoreMember(level, old, 'status'),
    validate: validatePriorityLevel,
    allowUnconditionalUpdate: false,
  },
  subresources: {
    status: statusSubresource({ validateUpdate: ({ status }) => validateConditions(status?.conditions) }),
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('Type', ({ spec }) => spec?.type ?? ''),
    numberOrNone('NominalConcurrencyShares', ({ limited }) => limited?.nominalConcurrencyShares),
    numberOrNone('Queues', ({ limited }) => limited?.limitResponse?.queuing?.queues),
    numberOrNone('HandSize', ({ limited }) => limited?.limitResponse?.queuing?.handSize),
    numberOrNone('QueueLengthLimit', ({ limited }) => limited?.limitResponse?.queuing?.queueLengthLimit),
    ageColumn,
  ],
}

function numberOrNone(
  name: string,
  number: (spec: PriorityLevelSpec) => number | undefined,
): Column<PriorityLevelConfiguration> {
  return { name, type: 'string', value: ({ spec }): Cell => (spec && number(spec)) ?? '<none>' }
}

function defaultSpec({ exempt, limited }: PriorityLevelSpec): void {
  if (exempt) {
    exempt.nominalConcurrencyShares ??= 0
    exempt.lendablePercent ??= 0
  }
  if (limited) {
    limited.nominalConcurrencyShares ??= 30
    limited.lendablePercent ??= 0
  }
  const queuing = limited?.limitResponse?.queuing
  if (queuing) {
    queuing.handSize ||= 8
    queuing.queues ||= 64
    queuing.queueLengthLimit ||= 50
  }
}

function validatePriorityLevel({ metadata, spec, status }: PriorityLevelConfiguration): FieldError[] {
  const name = metadata.name ?? ''
  return [
    ...specErrors(spec ?? ({} as PriorityLevelSpec), name),
    ...fixedErrors(spec ?? ({} as PriorityLevelSpec), name),
    ...validateConditions(status?.conditions),
  ]
}

function specErrors({ type, exempt, limited }: PriorityLevelSpec, name: string): FieldError[] {
  const isMismatch = (name === 'exempt') !== (type === 'Exempt')
  const text = "must be 'Exempt' if and only if `name` is 'exempt'"
  return [
    ...(isMismatch ? [invalid('spec.type', type, text)] : []),
    ...(type === 'Exempt' && limited ? [fieldForbidden('spec.limited', 'must be nil if the type is not Limited')] : []),
    ...(type === 'Exempt' && exempt ? shareErrors(exempt, 'spec.exempt') : []),
    ...(type === 'Limited' && exempt ? [fieldForbidden('spec.exempt', 'must be nil if the type is Limited')] : []),
    ...(type === 'Limited' && !limited ? [required('spec.limited', 'must not be empty when type is Limited')] : []),
    ...(type === 'Limited' && limited ? limitedErrors(limited, 'spec.limited') : []),
    ...(type === 'Exempt' || type === 'Limited' ? [] : [notSupported('spec.type', type, ['Exempt', 'Limited'])]),
  ]
}

/** Only how much of it others may borrow is free to choose for `exempt`. */
function fixedErrors(spec: PriorityLevelSpec, name: string): FieldError[] {
  const fixed = Object.hasOwn(mandatoryPriorityLevels, name) ? mandatoryPriorityLevels[name] : undefined
  if (!fixed) return []
  if (name !== 'exempt') {
    return jsonEqual(spec, fixed) ? [] : [invalid('spec', spec, `spec of '${name}' must equal the fixed value`)]
  }
  if (jsonEqual({ ...spec, exempt: null }, { ...fixed, exempt: null })) return []
  return [invalid('spec', spec, `spec of '${name}' except the 'spec.exempt' field must equal the fixed value`)]
}

function shareErrors(shares: Json<V1ExemptPriorityLevelConfiguration>, field: string): FieldError[] {
  const { nominalConcurrencyShares: nominal = 0, lendablePercent } = shares
  return [
    ...(nominal < 0 ? [invalid(`${field}.nominalConcurrencyShares`, nominal, 'must be a non-negative integer')] : []),
    ...inRange(`${field}.lendablePercent`, lendablePercent, 0, 100),
  ]
}

function limitedErrors(limited: Json<V1LimitedPriorityLevelConfiguration>, field: string): FieldError[] {
  const { borrowingLimitPercent: borrowing = 0, limitResponse } = limited
  const text = 'if specified, must be a non-negative integer'
  return [
    ...shareErrors(limited, field),
    ...(borrowing < 0 ? [invalid(`${field}.borrowingLimitPercent`, borrowing, text)] : []),
    ...responseErrors(limitResponse ?? { type: '' }, `${field}.limitResponse`),
  ]
}

function responseErrors({ type, queuing }: Json<V1LimitResponse>, field: string): FieldError[] {
  const at = `${field}.queuing`
  if (type === 'Reject') {
    return queuing ? [fieldForbidden(at, 'must be nil if limited.limitResponse.type is not Limited')] : []
  }
  if (type !== 'Queue') return [notSupported(`${field}.type`, type, ['Queue', 'Reject'])]
  if (!queuing) return [required(at, 'must not be empty if limited.limitResponse.type is Limited')]
  return queuingErrors(queuing, at)
}

const maxQueues = 10_000_000
/** What one hash value can deal: a hand of this many bits at most. */
const maxHashBits = 60

function queuingErrors(queuing: Json<V1QueuingConfiguration>, field: string): FieldError[] {
  const { queues = 0, handSize = 0, queueLengthLimit = 0 } = queuing
  const tooMany = queues > maxQueues
  return [
    ...(queueLengthLimit <= 0 ? [invalid(`${field}.queueLengthLimit`, queueLengthLimit, 'must be positive')] : []),
    ...(queues <= 0 ? [invalid(`${field}.queues`, queues, 'must be positive')] : []),
    ...(tooMany ? [invalid(`${field}.queues`, queues, `must not be greater than ${maxQueues}`)] : []),
    ...handErrors(handSize, queues, `${field}.handSize`),
  ]
}

function handErrors(handSize: number, queues: number, field: string): FieldError[] {
  if (handSize <= 0) return [invalid(field, handSize, 'must be positive')]
  if (handSize > queues) return [invalid(field, handSize, `should not be greater than queues (${queues})`)]
  if (Math.ceil(Math.log2(queues) * handSize) <= maxHashBits) return []
  const text = `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${maxHashBits}`
  return [invalid(field, handSize, text)]
}
