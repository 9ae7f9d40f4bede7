// What must hold for one device of a ResourceSlice: what it is, how much of what it has, where it may be used.

import { type FieldError, invalid, required, tooLong, tooMany } from '../../api/field-errors.ts'
import { labelValueErrors } from '../../api/label-syntax.ts'
import { asInvalid } from '../../api/validation.ts'
import { dnsLabel, dnsSubdomain, eachEntry, qualifiedName, requiredWord } from '../../api/validation-rules.ts'
import { validateNodeSelector } from '../core/pod-affinity-validation.ts'
import { requestPolicy } from './capacity-validation.ts'
import { attributeName, bindingConditions, limited, limitedSet, taintEffects } from './device-rules.ts'
import type { SliceSpec } from './resource-slice-validation.ts'

export type Device = NonNullable<SliceSpec['devices']>[number]
type Attribute = NonNullable<Device['attributes']>[string]
type Consumption = NonNullable<Device['consumesCounters']>[number]

const maxAttributesAndCapacities = 32
const maxTaints = 16
const maxConsumptions = 2
const maxCounters = 32

export function deviceErrors(device: Device, field: string, isPlacedAlone: boolean): FieldError[] {
  const { attributes = {}, capacity = {}, allowMultipleAllocations = false } = device
  const count = Object.keys(attributes).length + Object.keys(capacity).length
  const tooManyText = `the total number of attributes and capacities must not exceed ${maxAttributesAndCapacities}`
  const consumed = { max: maxConsumptions, keyOf: ({ counterSet }: Consumption) => counterSet }
  return [
    ...dnsLabel(`${field}.name`, device.name),
    ...(count > maxAttributesAndCapacities ? [invalid(field, count, tooManyText)] : []),
    ...named(attributes, `${field}.attributes`, attributeErrors),
    ...named(capacity, `${field}.capacity`, ({ value, requestPolicy: policy }, at) =>
      policy ? requestPolicy(policy, value, `${at}.requestPolicy`, allowMultipleAllocations) : [],
    ),
    ...limited(device.taints, maxTaints, `${field}.taints`, taintErrors),
    ...limitedSet(device.consumesCounters, { ...consumed, field: `${field}.consumesCounters` }, (consumption, at) =>
      counterErrors(consumption, at, 'counterSet'),
    ),
    ...(isPlacedAlone ? placement(device, field) : notPlaced(device, field)),
    ...bindingConditions(device, field),
  ]
}

function named<T>(entries: Record<string, T>, field: string, rule: (value: T, at: string) => FieldError[]) {
  return eachEntry(entries, field, (value, at, name) => [...attributeName(name, field), ...rule(value, at)])
}

const maxValueBytes = 64
const identifier = '[0-9A-Za-z-]+'
const numeric = '(0|[1-9]\\d*)'
const preRelease = `(${numeric}|\\d*[a-zA-Z-][0-9a-zA-Z-]*)`
const semver = new RegExp(
  `^${numeric}\\.${numeric}\\.${numeric}(-${preRelease}(\\.${preRelease})*)?(\\+${identifier}(\\.${identifier})*)?$`,
)

/** A value of exactly one type. */
function attributeErrors(attribute: Attribute, field: string): FieldError[] {
  const values = Object.entries(attribute).filter(([, value]) => value !== undefined)
  const lists = values.filter(([, value]) => Array.isArray(value) && value.length === 0)
  return [
    ...texts(attribute.string, `${field}.string`),
    ...versions(attribute.version, `${field}.version`),
    ...lists.map(([name, value]) => invalid(`${field}.${name}`, value, 'must not be empty if specified')),
    ...(attribute.strings ?? []).flatMap((text, i) => texts(text, `${field}.strings[${i}]`)),
    ...(attribute.versions ?? []).flatMap((text, i) => versions(text, `${field}.versions[${i}]`)),
    ...(values.length === 1
      ? []
      : [invalid(field, values.length === 0 ? '' : attribute, 'exactly one value must be specified')]),
  ]
}

function texts(text: string | undefined, field: string): FieldError[] {
  return Buffer.byteLength(text ?? '') > maxValueBytes ? [tooLong(field, maxValueBytes)] : []
}

function versions(text: string | undefined, field: string): FieldError[] {
  if (text === undefined) return []
  const wrong = semver.test(text)
    ? []
    : [invalid(field, text, 'must be a string compatible with semver.org spec 2.0.0')]
  return [...wrong, ...texts(text, field)]
}

function taintErrors({ key, value, effect }: NonNullable<Device['taints']>[number], field: string): FieldError[] {
  return [
    ...qualifiedName(`${field}.key`, key),
    ...(value ? asInvalid(`${field}.value`, value, labelValueErrors(value)) : []),
    ...requiredWord(`${field}.effect`, effect, taintEffects),
  ]
}

/** A named set of counters: what there is, or what a device takes of it. */
export function counterErrors(set: Consumption, field: string, nameMember: 'name' | 'counterSet'): FieldError[] {
  const { counterSet, counters = {} } = set
  const at = `${field}.${nameMember}`
  const names = Object.keys(counters)
  const tooManyOfThem = names.length > maxCounters
  return [
    ...(counterSet ? dnsLabel(at, counterSet) : [required(at)]),
    ...(names.length === 0 ? [required(`${field}.counters`)] : []),
    ...(tooManyOfThem ? [tooMany(`${field}.counters`, names.length, maxCounters)] : []),
    ...(tooManyOfThem ? [] : names.flatMap(name => dnsLabel(`${field}.counters`, name))),
  ]
}

const oneOf =
  'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec'

function placement({ nodeName, nodeSelector, allNodes }: Device, field: string): FieldError[] {
  const given = [
    ...(nodeName ? ['`nodeName`'] : []),
    ...(nodeSelector ? ['`nodeSelector`'] : []),
    ...(allNodes ? ['`allNodes`'] : []),
  ]
  return [
    ...(nodeName ? dnsSubdomain(`${field}.nodeName`, nodeName) : []),
    ...(nodeName === '' ? [invalid(`${field}.nodeName`, nodeName, 'must not be empty')] : []),
    ...(nodeSelector ? validateNodeSelector(nodeSelector, `${field}.nodeSelector`) : []),
    ...(allNodes === false ? [invalid(`${field}.allNodes`, allNodes, 'must be either unset or set to true')] : []),
    ...(given.length === 0 ? [required(field, oneOf)] : []),
    ...(given.length > 1 ? [invalid(field, `{${given.join(', ')}}`, oneOf)] : []),
  ]
}

function notPlaced({ nodeName, nodeSelector, allNodes }: Device, field: string): FieldError[] {
  if (nodeName === undefined && !nodeSelector && allNodes === undefined) return []
  const text =
    '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
  return [invalid(field, null, text)]
}
