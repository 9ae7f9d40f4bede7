// What must hold for what a driver publishes: which nodes it is for, and devices or the counters they share.

import { type FieldError, invalid, required } from '../../api/field-errors.ts'
import { immutable } from '../../api/validation.ts'
import { dnsSubdomain } from '../../api/validation-rules.ts'
import { validateNodeSelector } from '../core/pod-affinity-validation.ts'
import { validateDriverName } from '../storage/csi-driver-name.ts'
import { limitedSet, poolName } from './device-rules.ts'
import { counterErrors, deviceErrors } from './device-validation.ts'
import type { ResourceSlice } from './resource-slice.ts'

export type SliceSpec = ResourceSlice['spec']

const maxDevices = 128
const maxDevicesWithMore = 64
const maxCounterSets = 8
const field = 'spec'

export function validateResourceSlice({ spec }: ResourceSlice): FieldError[] {
  const { devices, sharedCounters, pool } = spec
  const needsMore = (devices ?? []).some(device => device.taints?.length || device.consumesCounters?.length)
  const max = needsMore ? maxDevicesWithMore : maxDevices
  return [
    ...validateDriverName(spec.driver, `${field}.driver`),
    ...poolName(pool?.name, `${field}.pool.name`),
    ...(pool && pool.resourceSliceCount > 0
      ? []
      : [invalid(`${field}.pool.resourceSliceCount`, pool?.resourceSliceCount ?? 0, 'must be greater than zero')]),
    ...(pool && pool.generation < 0
      ? [invalid(`${field}.pool.generation`, pool.generation, 'must be greater than or equal to zero')]
      : []),
    ...placement(spec),
    ...(sharedCounters && devices ? [invalid(field, '', 'only one of `sharedCounters` or `devices` is allowed')] : []),
    ...limitedSet(devices, { max, keyOf: ({ name }) => name, field: `${field}.devices` }, (device, at) =>
      deviceErrors(device, at, spec.perDeviceNodeSelection ?? false),
    ),
    ...limitedSet(
      sharedCounters,
      { max: maxCounterSets, keyOf: ({ name }) => name, field: `${field}.sharedCounters` },
      (set, at) => counterErrors({ counterSet: set.name, counters: set.counters }, at, 'name'),
    ),
  ]
}

const oneOf = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'

/** On which nodes the devices are: said in one way. */
function placement({ nodeName, nodeSelector, allNodes, perDeviceNodeSelection }: SliceSpec): FieldError[] {
  const given = [
    ...(nodeName ? ['`nodeName`'] : []),
    ...(nodeSelector ? ['`nodeSelector`'] : []),
    ...(allNodes ? ['`allNodes`'] : []),
    ...(perDeviceNodeSelection ? ['`perDeviceNodeSelection`'] : []),
  ]
  const several = invalid(field, `{${given.join(', ')}}`, `${oneOf}, but multiple fields are set`)
  return [
    ...nodeNameErrors(nodeName),
    ...(nodeSelector ? selectorErrors(nodeSelector) : []),
    ...onlyTrue('allNodes', allNodes),
    ...onlyTrue('perDeviceNodeSelection', perDeviceNodeSelection),
    ...(given.length === 0 ? [required(field, oneOf)] : []),
    ...(given.length > 1 ? [several] : []),
  ]
}

function nodeNameErrors(name: string | undefined): FieldError[] {
  if (name === undefined) return []
  const at = `${field}.nodeName`
  return name ? dnsSubdomain(at, name) : [invalid(at, name, 'must be either unset or set to a non-empty string')]
}

function selectorErrors(selector: NonNullable<SliceSpec['nodeSelector']>): FieldError[] {
  const at = `${field}.nodeSelector`
  const terms = selector.nodeSelectorTerms ?? []
  return [
    ...validateNodeSelector(selector, at),
    ...(terms.length === 1
      ? []
      : [invalid(`${at}.nodeSelectorTerms`, terms, 'must have exactly one node selector term')]),
  ]
}

function onlyTrue(name: string, value: boolean | undefined): FieldError[] {
  return value === false ? [invalid(`${field}.${name}`, value, 'must be either unset or set to true')] : []
}

export function validateResourceSliceUpdate({ spec }: ResourceSlice, { spec: old }: ResourceSlice): FieldError[] {
  return [
    ...immutable(`${field}.pool.name`, spec.pool.name, old.pool.name),
    ...immutable(`${field}.driver`, spec.driver, old.driver),
    ...immutable(`${field}.nodeName`, spec.nodeName, old.nodeName),
  ]
}
