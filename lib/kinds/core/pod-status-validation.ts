// What an update of a pod's status may not do: bring ended containers back to life, or report what is no address.

import { type FieldError, fieldForbidden, invalid } from '../../api/field-errors.ts'
import { immutable } from '../../api/validation.ts'
import { dnsSubdomain, eachItem, ipAddress, qualifiedName } from '../../api/validation-rules.ts'
import type { Pod } from './pod.ts'
import { isRestartableInit } from './pod-types.ts'

type PodStatus = NonNullable<Pod['status']>
type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number]

const systemConditions = ['PodScheduled', 'Ready', 'Initialized']

export function validatePodStatusUpdate({ status = {} }: Pod, { status: old = {}, spec }: Pod): FieldError[] {
  const policy = spec?.restartPolicy ?? 'Always'
  const sidecars = (spec?.initContainers ?? []).filter(isRestartableInit).map(({ name }) => name)
  const { nominatedNodeName } = status
  return [
    ...eachItem(status.conditions, 'metadata.conditions', ({ type }, at) =>
      systemConditions.includes(type) ? [] : qualifiedName(`${at}.Type`, type),
    ),
    ...(nominatedNodeName && nominatedNodeName !== old.nominatedNodeName
      ? dnsSubdomain('status.nominatedNodeName', nominatedNodeName)
      : []),
    ...immutable('status.qosClass', status.qosClass, old.qosClass),
    ...revived(status.containerStatuses, old.containerStatuses, 'status.containerStatuses', { policy }),
    ...revived(status.initContainerStatuses, old.initContainerStatuses, 'status.initContainerStatuses', {
      policy,
      except: sidecars,
    }),
    ...revived(status.ephemeralContainerStatuses, old.ephemeralContainerStatuses, 'status.ephemeralContainerStatuses', {
      policy: 'Never',
    }),
    ...eachItem(status.podIPs, 'status.podIPs', ({ ip }, at) => ipAddress(at, ip ?? '')),
    ...hostIps(status),
  ]
}

/** Containers that had ended for good, and now are said not to have. */
function revived(
  statuses: ContainerStatus[] = [],
  old: ContainerStatus[] | undefined,
  field: string,
  { policy, except = [] }: { policy: string; except?: string[] },
): FieldError[] {
  if (policy === 'Always') return []
  return eachItem(old, field, (before, at) => {
    const ended = before.state?.terminated
    if (!ended || except.includes(before.name) || (ended.exitCode !== 0 && policy === 'OnFailure')) return []
    const isRevived = statuses.some(({ name, state }) => name === before.name && !state?.terminated)
    return isRevived ? [fieldForbidden(`${at}.state`, 'may not be transitioned to non-terminated state')] : []
  })
}

function hostIps({ hostIP, hostIPs = [] }: PodStatus): FieldError[] {
  const first = hostIPs[0]
  if (!first) return []
  return [
    ...(first.ip === hostIP ? [] : [invalid('status.hostIPs[0].ip', first.ip, 'must be equal to `hostIP`')]),
    ...eachItem(hostIPs, 'status.hostIPs', ({ ip }, at) => ipAddress(at, ip)),
  ]
}
