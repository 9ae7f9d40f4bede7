// What the status of a container may say: who it runs as, and how its devices are.

import { duplicate, type FieldError, fieldForbidden, invalid, notSupported } from '../../api/field-errors.ts'
import { eachItem, inRange } from '../../api/validation-rules.ts'
import type { Pod } from './pod.ts'
import type { Container, PodSpec } from './pod-types.ts'

type PodStatus = NonNullable<Pod['status']>
type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number]
type ResourceStatus = NonNullable<ContainerStatus['allocatedResourcesStatus']>[number]

const lists = [
  ['containerStatuses', 'containers'],
  ['initContainerStatuses', 'initContainers'],
] as const
const maxId = 2 ** 31 - 1

export function validateContainerStatuses(status: PodStatus, spec: PodSpec): FieldError[] {
  const users = (list: 'containerStatuses' | 'initContainerStatuses' | 'ephemeralContainerStatuses') =>
    eachItem(status[list], `status.${list}`, (each, at) => user(each, `${at}.user.linux`, spec.os?.name ?? 'linux'))
  const devices = lists.flatMap(([list, of]) =>
    eachItem(status[list], `status.${list}`, (each, at) => {
      const container = (spec[of] ?? []).find(({ name }) => name === each.name)
      return eachItem(each.allocatedResourcesStatus, `${at}.allocatedResourcesStatus`, (resource, field) =>
        resourceStatus(resource, container, field),
      )
    }),
  )
  const ephemeral = eachItem(status.ephemeralContainerStatuses, 'status.ephemeralContainerStatuses', (each, at) =>
    each.allocatedResourcesStatus
      ? [fieldForbidden(`${at}.allocatedResourcesStatus`, 'must not be specified in container status')]
      : [],
  )
  return [
    ...users('containerStatuses'),
    ...users('initContainerStatuses'),
    ...users('ephemeralContainerStatuses'),
    ...devices,
    ...ephemeral,
  ]
}

function user({ user: runsAs }: ContainerStatus, field: string, os: string): FieldError[] {
  const linux = runsAs?.linux
  if (!linux) return []
  if (os === 'windows') return [fieldForbidden(field, 'cannot be set for a windows pod')]
  return [
    ...inRange(`${field}.uid`, linux.uid, 0, maxId),
    ...inRange(`${field}.gid`, linux.gid, 0, maxId),
    ...eachItem(linux.supplementalGroups, `${field}.supplementalGroups`, (gid, at) => inRange(at, gid, 0, maxId)),
  ]
}

function resourceStatus(status: ResourceStatus, container: Container | undefined, field: string): FieldError[] {
  const seen = new Set<string>()
  const supported = ['Healthy', 'Unhealthy', 'Unknown']
  return [
    ...(container ? unaskedResource(status.name, container, `${field}.name`) : []),
    ...eachItem(status.resources, `${field}.resources`, ({ health = '', resourceID }, at) => {
      const isTwice = seen.has(resourceID)
      seen.add(resourceID)
      return [
        ...(supported.includes(health) ? [] : [notSupported(`${at}.health`, health, supported)]),
        ...(isTwice ? [duplicate(`${at}.resourceID`, resourceID)] : []),
      ]
    }),
  ]
}

/** `claim:<name>/<request>`, or the name of a resource. */
function unaskedResource(name: string, { resources }: Container, field: string): FieldError[] {
  if (!name.startsWith('claim:')) {
    if (resources?.requests?.[name] !== undefined) return []
    return [invalid(field, name, "must match one of the container's resource requests")]
  }
  const claims = (resources?.claims ?? []).map(
    claim => `claim:${claim.name}${claim.request ? `/${claim.request}` : ''}`,
  )
  const text =
    "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
  return claims.includes(name) ? [] : [invalid(field, name, text)]
}
