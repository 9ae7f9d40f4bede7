// What a status may not say of a pod: what is no address, no condition, nothing that this pod has, or that what ended
// for good goes on.

import { duplicate, type FieldError, fieldForbidden, invalid, required } from '../../api/field-errors.ts'
import { immutable } from '../../api/validation.ts'
import { dnsLabel, dnsSubdomain, eachItem, ipAddress, qualifiedName } from '../../api/validation-rules.ts'
import type { Pod } from './pod.ts'
import { validateContainerStatuses } from './pod-status-containers.ts'
import { revivedContainers } from './pod-status-transitions.ts'
import type { PodSpec } from './pod-types.ts'
import { annotationChanges } from './pod-update-validation.ts'

type PodStatus = NonNullable<Pod['status']>

const systemConditions = ['PodScheduled', 'Ready', 'Initialized']

export function validatePodStatusUpdate(pod: Pod, before: Pod): FieldError[] {
  const { status = {} } = pod
  const { status: old = {}, spec } = before
  return [
    ...annotationChanges(pod, before),
    ...observedGeneration('status', status.observedGeneration),
    ...eachItem(status.conditions, 'status.conditions', ({ type, observedGeneration: seen }, at) => [
      ...observedGeneration(at, seen),
      ...(systemConditions.includes(type) ? [] : qualifiedName(`${at}.Type`, type)),
    ]),
    ...nomination(status, old, spec),
    ...(spec ? revivedContainers(status, old, spec) : []),
    ...(spec ? claimStatuses(status, spec) : []),
    ...(spec ? extendedClaim(status, spec) : []),
    ...addresses(status.podIPs, old.podIPs, 'status.podIPs'),
    ...hostIps(status, old),
    ...(spec ? validateContainerStatuses(status, spec) : []),
    ...immutable('status.qosClass', status.qosClass, old.qosClass),
  ]
}

function observedGeneration(field: string, seen: number | undefined): FieldError[] {
  return (seen ?? 0) < 0 ? [invalid(`${field}.observedGeneration`, seen, 'must be a non-negative integer')] : []
}

/** A pod that has its node cannot be promised another one. */
function nomination({ nominatedNodeName: name }: PodStatus, old: PodStatus, spec: PodSpec | undefined): FieldError[] {
  if (!name || name === old.nominatedNodeName) return []
  const field = 'status.nominatedNodeName'
  const errors = dnsSubdomain(field, name)
  const text = 'may not be set on pods that are already bound to a node'
  return spec?.nodeName ? [...errors, fieldForbidden(field, text)] : errors
}

function claimStatuses({ resourceClaimStatuses }: PodStatus, { resourceClaims = [] }: PodSpec): FieldError[] {
  const seen = new Set<string>()
  return eachItem(resourceClaimStatuses, 'status.resourceClaimStatuses', ({ name, resourceClaimName }, at) => {
    const isKnown = resourceClaims.some(claim => claim.name === name)
    const isTwice = seen.has(name)
    seen.add(name)
    const text = 'must match the name of an entry in `spec.resourceClaims`'
    return [
      ...(isKnown ? [] : [invalid(`${at}.name`, name, text)]),
      ...(isTwice ? [duplicate(`${at}.name`, name)] : []),
      ...(resourceClaimName === undefined ? [] : dnsSubdomain(`${at}.name`, resourceClaimName)),
    ]
  })
}

/** The claim that was made for resources asked for as `example.com/gpu: 1`. */
function extendedClaim({ extendedResourceClaimStatus: claim }: PodStatus, spec: PodSpec): FieldError[] {
  if (!claim) return []
  const field = 'status.extendedResourceClaimStatus'
  const mappings = `${field}.requestMappings`
  const containers = new Map([...(spec.initContainers ?? []), ...spec.containers].map(each => [each.name, each]))
  const { requestMappings = [], resourceClaimName } = claim
  const seen = new Set<string>()
  return [
    ...(requestMappings.length > 0 ? [] : [required(mappings, 'at least one request mapping is required')]),
    ...eachItem(requestMappings, mappings, (mapping, at) => {
      const container = containers.get(mapping.containerName)
      const isAsked = container?.resources?.requests?.[mapping.resourceName] !== undefined
      const key = JSON.stringify([mapping.containerName, mapping.resourceName, mapping.requestName])
      const isTwice = seen.has(key)
      seen.add(key)
      return [
        ...(container ? [] : [invalid(`${at}.containerName`, mapping.containerName, unknownContainer)]),
        ...(container && !isAsked ? [invalid(`${at}.resourceName`, mapping.resourceName, unaskedResource)] : []),
        ...dnsLabel(`${field}.requestName`, mapping.requestName),
        ...(isTwice ? mappingNames.map(name => duplicate(`${at}.${name}`, mapping[name])) : []),
      ]
    }),
    ...(resourceClaimName
      ? dnsSubdomain(`${field}.resourceClaimName`, resourceClaimName)
      : [required(`${field}.resourceClaimName`)]),
  ]
}

const mappingNames = ['containerName', 'resourceName', 'requestName'] as const
const unknownContainer = 'must match the name of an entry in spec.initContainers.name or spec.containers.name'
const unaskedResource =
  'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests'

interface Address {
  ip?: string
}

/** At most one of each family; what was stored already is not looked at again. */
function addresses(list: Address[] = [], old: Address[] = [], field: string): FieldError[] {
  const families = new Set(list.map(({ ip = '' }) => ip.includes(':')))
  const isPair = list.length < 2 || (list.length === 2 && families.size === 2)
  return [
    ...eachItem(list, field, ({ ip = '' }, at) => (old.some(before => before.ip === ip) ? [] : ipAddress(at, ip))),
    ...(isPair ? [] : [invalid(field, list, 'may specify no more than one IP for each IP family')]),
  ]
}

function hostIps({ hostIP = '', hostIPs = [] }: PodStatus, old: PodStatus): FieldError[] {
  const first = hostIPs[0]
  if (!first) return []
  return [
    ...(first.ip === hostIP ? [] : [invalid('status.hostIPs[0].ip', first.ip, 'must be equal to `hostIP`')]),
    ...addresses(hostIPs, old.hostIPs, 'status.hostIPs'),
  ]
}
