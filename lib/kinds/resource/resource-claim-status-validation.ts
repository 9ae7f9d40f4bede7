// What must hold for what was allocated to a claim, who has reserved it, and what drivers say of its devices.

import { isIP } from 'node:net'
import {
  duplicate,
  type FieldError,
  fieldForbidden,
  invalid,
  required,
  tooLong,
  tooMany,
} from '../../api/field-errors.ts'
import { immutable } from '../../api/validation.ts'
import { dnsLabel, eachItem, qualifiedName, requiredText, requiredWord } from '../../api/validation-rules.ts'
import { goQuote } from '../../util/go-quote.ts'
import { toAddress, toNumber } from '../../util/ip-number.ts'
import { validateNodeSelector } from '../core/pod-affinity-validation.ts'
import { validateDriverName } from '../storage/csi-driver-name.ts'
import {
  bindingConditions,
  deviceConfiguration,
  deviceTolerations,
  jsonObject,
  limited,
  limitedSet,
  maxConfigs,
  poolName,
  shareId,
} from './device-rules.ts'
import type { ResourceClaim } from './resource-claim.ts'
import { requestNames, requestReference, requestReferences } from './resource-claim-validation.ts'

type Status = NonNullable<ResourceClaim['status']>
type Allocation = NonNullable<Status['allocation']>
type Result = NonNullable<NonNullable<Allocation['devices']>['results']>[number]
type DeviceStatus = NonNullable<Status['devices']>[number]
type Consumer = NonNullable<Status['reservedFor']>[number]

const maxConsumers = 256
const maxResults = 32

export function validateClaimStatusUpdate(claim: ResourceClaim, old: ResourceClaim): FieldError[] {
  const { reservedFor, devices, allocation } = claim.status ?? {}
  const names = requestNames(claim.spec.devices ?? {})
  const before = old.status?.allocation
  const reserved = { max: maxConsumers, keyOf: ({ uid }: Consumer) => uid, field: 'status.reservedFor' }
  const listed = { max: Number.POSITIVE_INFINITY, keyOf: idOf, field: 'status.devices' }
  const allocated = new Set((allocation?.devices?.results ?? []).map(idOf))
  return [
    ...limitedSet(reservedFor, reserved, consumerErrors),
    ...limitedSet(devices, listed, (device, at) => deviceStatusErrors(device, at, allocated)),
    ...reservationErrors(claim, old),
    ...(allocation && before ? immutable('status.allocation', allocation, before) : []),
    ...(allocation && !before ? allocationErrors(allocation, 'status.allocation', names) : []),
  ]
}

/** `driver/pool/device`, with the share where there is one. */
function idOf({ driver, pool, device, shareID }: Pick<Result, 'driver' | 'pool' | 'device' | 'shareID'>): string {
  return [driver, pool, device, ...(shareID === undefined ? [] : [shareID])].join('/')
}

function consumerErrors({ resource, name, uid }: Consumer, field: string): FieldError[] {
  return [
    ...requiredText(`${field}.resource`, resource),
    ...requiredText(`${field}.name`, name),
    ...requiredText(`${field}.uid`, uid),
  ]
}

function reservationErrors({ metadata, status }: ResourceClaim, old: ResourceClaim): FieldError[] {
  const { reservedFor = [], allocation } = status ?? {}
  const field = 'status.reservedFor'
  if (reservedFor.length === 0) return []
  if (!allocation) return [fieldForbidden(field, 'may not be specified when `allocated` is not set')]
  if (!metadata.deletionTimestamp) return []
  const known = new Set((old.status?.reservedFor ?? []).map(({ uid }) => uid))
  const text = 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set'
  return reservedFor.every(({ uid }) => known.has(uid)) ? [] : [fieldForbidden(field, text)]
}

function allocationErrors({ devices = {}, nodeSelector }: Allocation, field: string, names: Set<string>): FieldError[] {
  const { results, config } = devices
  return [
    ...limited(results, maxResults, `${field}.devices.results`, (result, at) => resultErrors(result, at, names)),
    ...limited(config, 2 * maxConfigs, `${field}.devices.config`, (one, at) => [
      ...requiredWord(`${at}.source`, one.source, ['FromClaim', 'FromClass']),
      ...requestReferences(one.requests, `${at}.requests`, names),
      ...deviceConfiguration(one, at),
    ]),
    ...(nodeSelector ? validateNodeSelector(nodeSelector, `${field}.nodeSelector`) : []),
  ]
}

function resultErrors(result: Result, field: string, names: Set<string>): FieldError[] {
  return [
    ...requestReference(result.request, `${field}.request`, names),
    ...validateDriverName(result.driver, `${field}.driver`),
    ...poolName(result.pool, `${field}.pool`),
    ...dnsLabel(`${field}.device`, result.device),
    ...bindingConditions(result, field),
    ...deviceTolerations(result.tolerations, `${field}.tolerations`),
    ...shareId(result.shareID, `${field}.shareID`),
  ]
}

const maxConditions = 8
const maxDataBytes = 10 * 1024

function deviceStatusErrors(device: DeviceStatus, field: string, allocated: Set<string>): FieldError[] {
  const { conditions = [], data, networkData } = device
  const id = idOf(device)
  return [
    ...validateDriverName(device.driver, `${field}.driver`),
    ...poolName(device.pool, `${field}.pool`),
    ...dnsLabel(`${field}.device`, device.device),
    ...shareId(device.shareID, `${field}.shareID`),
    // Not a quoted text: upstream prints the identifier as it is.
    ...(allocated.has(id) ? [] : [unquoted(invalid(field, 0, 'must be an allocated device in the claim'), id)]),
    ...(conditions.length > maxConditions ? [tooMany(`${field}.conditions`, conditions.length, maxConditions)] : []),
    ...conditionErrors(conditions, `${field}.conditions`),
    ...(data === undefined ? [] : jsonObject(data, `${field}.data`, maxDataBytes)),
    ...(networkData ? networkErrors(networkData, `${field}.networkData`) : []),
  ]
}

function unquoted(error: FieldError, text: string): FieldError {
  return { ...error, body: error.body.replace('Invalid value: 0', `Invalid value: ${text}`) }
}

type Condition = NonNullable<DeviceStatus['conditions']>[number]
const reasonFormat = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?'
const maxReasonBytes = 1024
const maxMessageBytes = 32 * 1024

function conditionErrors(conditions: Condition[], field: string): FieldError[] {
  return eachItem(
    conditions,
    field,
    ({ type, status, reason, message, observedGeneration, lastTransitionTime }, at, i) => [
      ...(type ? qualifiedName(`${at}.type`, type) : [required(`${at}.type`, 'must be set')]),
      ...(conditions.findIndex(other => other.type === type) < i ? [duplicate(`${at}.type`, type)] : []),
      ...requiredWord(`${at}.status`, status, ['False', 'True', 'Unknown']),
      ...((observedGeneration ?? 0) < 0
        ? [invalid(`${at}.observedGeneration`, observedGeneration, 'must be greater than or equal to zero')]
        : []),
      ...(lastTransitionTime ? [] : [required(`${at}.lastTransitionTime`, 'must be set')]),
      ...reasonErrors(reason, `${at}.reason`),
      ...(Buffer.byteLength(message ?? '') > maxMessageBytes ? [tooLong(`${at}.message`, maxMessageBytes)] : []),
    ],
  )
}

function reasonErrors(reason: string, field: string): FieldError[] {
  if (!reason) return [required(field, 'must be set')]
  const rule =
    "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'"
  const text = `${rule} (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '${reasonFormat}')`
  return [
    ...(new RegExp(`^${reasonFormat}$`).test(reason) ? [] : [invalid(field, reason, text)]),
    ...(Buffer.byteLength(reason) > maxReasonBytes ? [tooLong(field, maxReasonBytes)] : []),
  ]
}

const maxAddresses = 16
const maxInterfaceBytes = 256
const maxHardwareBytes = 128

function networkErrors(data: NonNullable<DeviceStatus['networkData']>, field: string): FieldError[] {
  const { interfaceName = '', hardwareAddress = '', ips } = data
  const set = { max: maxAddresses, keyOf: (address: string) => address, field: `${field}.ips` }
  return [
    ...(Buffer.byteLength(interfaceName) > maxInterfaceBytes
      ? [tooLong(`${field}.interfaceName`, maxInterfaceBytes)]
      : []),
    ...(Buffer.byteLength(hardwareAddress) > maxHardwareBytes
      ? [tooLong(`${field}.hardwareAddress`, maxHardwareBytes)]
      : []),
    ...limitedSet(ips, set, interfaceAddress),
  ]
}

/** An address with the length of its network: unlike a range it has bits beyond that. */
function interfaceAddress(value: string, field: string): FieldError[] {
  const [address = '', length = '', ...rest] = value.split('/')
  const family = isIP(address)
  const bits = family === 4 ? 32 : 128
  if (family === 0 || rest.length > 0 || !/^[0-9]{1,3}$/.test(length) || Number(length) > bits) {
    const text = 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)'
    return [invalid(field, value, text)]
  }
  const canonical = `${toAddress(toNumber(address), family === 4 ? 'IPv4' : 'IPv6')}/${Number(length)}`
  return value === canonical ? [] : [invalid(field, value, `must be in canonical form (${goQuote(canonical)})`)]
}
