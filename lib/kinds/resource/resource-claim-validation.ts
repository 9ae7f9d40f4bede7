// What must hold for a claim of devices: requests, constraints over them and configurations for them.

import { type FieldError, invalid, notSupported, required } from '../../api/field-errors.ts'
import { dnsLabel } from '../../api/validation-rules.ts'
import {
  deviceClassName,
  deviceConfiguration,
  deviceSelectors,
  deviceTolerations,
  fullyQualifiedName,
  limited,
  limitedSet,
  maxConfigs,
} from './device-rules.ts'
import type { ResourceClaim } from './resource-claim.ts'

export type ClaimSpec = ResourceClaim['spec']
type Devices = NonNullable<ClaimSpec['devices']>
type Request = NonNullable<Devices['requests']>[number]
type Exact = NonNullable<Request['exactly']>
type Constraint = NonNullable<Devices['constraints']>[number]

const maxRequests = 32
const maxConstraints = 32
const maxAlternatives = 8

export function validateClaimSpec({ devices = {} }: ClaimSpec, field: string): FieldError[] {
  const names = requestNames(devices)
  const at = `${field}.devices`
  return [
    ...limitedSet(
      devices.requests,
      { max: maxRequests, keyOf: ({ name }) => name, field: `${at}.requests` },
      requestErrors,
    ),
    ...limited(devices.constraints, maxConstraints, `${at}.constraints`, (constraint, path) =>
      constraintErrors(constraint, path, names),
    ),
    ...limited(devices.config, maxConfigs, `${at}.config`, (config, path) => [
      ...requestReferences(config.requests, `${path}.requests`, names),
      ...deviceConfiguration(config, path),
    ]),
  ]
}

/** Every name by which a request, or one of its alternatives, may be referred to: `gpu`, `gpu/large`. */
export function requestNames({ requests = [] }: Devices): Set<string> {
  const names = requests.flatMap(({ name, firstAvailable = [] }) => [
    name,
    ...firstAvailable.map(alternative => `${name}/${alternative.name}`),
  ])
  return new Set(names)
}

export function requestReferences(references: string[] | undefined, field: string, names: Set<string>): FieldError[] {
  return limitedSet(references, { max: maxRequests, keyOf: name => name, field }, (name, at) =>
    requestReference(name, at, names),
  )
}

export function requestReference(name: string, field: string, names: Set<string>): FieldError[] {
  const text = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
  const parts = name.split('/')
  if (parts.length > 2) return [invalid(field, name, text)]
  return [...parts.flatMap(part => dnsLabel(field, part)), ...(names.has(name) ? [] : [invalid(field, name, text)])]
}

function requestErrors({ name, exactly, firstAvailable = [] }: Request, field: string): FieldError[] {
  const oneOf = 'exactly one of `exactly` or `firstAvailable` is required'
  const errors = dnsLabel(`${field}.name`, name)
  if (exactly && firstAvailable.length > 0) {
    return [...errors, invalid(field, null, `${oneOf}, but multiple fields are set`)]
  }
  if (exactly) return [...errors, ...exactErrors(exactly, `${field}.exactly`)]
  if (firstAvailable.length === 0) return [...errors, required(field, oneOf)]
  const set = { max: maxAlternatives, field: `${field}.firstAvailable` }
  return [
    ...errors,
    ...limitedSet(firstAvailable, { ...set, keyOf: ({ name }) => name }, (alternative, at) => [
      ...dnsLabel(`${at}.name`, alternative.name),
      ...exactErrors(alternative, at),
    ]),
  ]
}

function exactErrors(request: Exact, field: string): FieldError[] {
  return [
    ...deviceClassName(request.deviceClassName, `${field}.deviceClassName`),
    ...deviceSelectors(request.selectors, `${field}.selectors`),
    ...allocationMode(request, field),
    ...deviceTolerations(request.tolerations, `${field}.tolerations`),
  ]
}

function allocationMode({ allocationMode: mode = '', count = 0 }: Exact, field: string): FieldError[] {
  if (mode === 'All') {
    const text = `must not be specified when allocationMode is '${mode}'`
    return count === 0 ? [] : [invalid(`${field}.count`, count, text)]
  }
  if (mode !== 'ExactCount') return [notSupported(`${field}.allocationMode`, mode, ['All', 'ExactCount'])]
  return count > 0 ? [] : [invalid(`${field}.count`, count, 'must be greater than zero')]
}

function constraintErrors(constraint: Constraint, field: string, names: Set<string>): FieldError[] {
  const { requests, matchAttribute, distinctAttribute } = constraint
  return [
    ...requestReferences(requests, `${field}.requests`, names),
    ...attributeErrors(matchAttribute, distinctAttribute, field),
  ]
}

function attributeErrors(match: string | undefined, distinct: string | undefined, field: string): FieldError[] {
  if (match !== undefined) return fullyQualifiedName(match, `${field}.matchAttribute`)
  if (distinct !== undefined) return fullyQualifiedName(distinct, `${field}.distinctAttribute`)
  // Upstream's text, though none is set.
  const text = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'
  return [required(field, text)]
}
