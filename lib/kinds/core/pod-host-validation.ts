// What must hold for what a pod shares with its host, and for what it is called there.

import { type FieldError, fieldForbidden, invalid, tooLong } from '../../api/field-errors.ts'
import { dnsSubdomain, eachItem } from '../../api/validation-rules.ts'
import { eachContainer, type PodSpec } from './pod-types.ts'

/** In a template the host port may be left out: it is filled in when a pod is made. */
export function validateHostPorts(spec: PodSpec, field: string, isPod: boolean): FieldError[] {
  if (!spec.hostNetwork) return []
  return eachItem(spec.containers, field, ({ ports }, at) =>
    eachItem(ports, `${at}.ports`, ({ hostPort = 0, containerPort }, port) =>
      (isPod || hostPort !== 0) && hostPort !== containerPort
        ? [invalid(`${port}.hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true')]
        : [],
    ),
  )
}

/** Users of their own go with no namespace of the host's. */
export function validateHostUsers(spec: PodSpec, field: string): FieldError[] {
  if (spec.hostUsers !== false) return []
  const text = 'when `hostUsers` is false'
  const shared = [
    ['hostNetwork', spec.hostNetwork],
    ['HostPID', spec.hostPID],
    ['HostIPC', spec.hostIPC],
  ] as const
  return [
    ...shared.filter(([, isSet]) => isSet).map(([name]) => fieldForbidden(`${field}.${name}`, text)),
    ...eachContainer(spec, field)
      .filter(([{ volumeDevices }]) => volumeDevices?.length)
      .map(([, at]) => fieldForbidden(`${at}.volumeDevices`, text)),
  ]
}

const maxHostnameLength = 64

export function validateHostnameOverride(spec: PodSpec, field: string): FieldError[] {
  const { hostnameOverride: name, setHostnameAsFQDN, hostNetwork } = spec
  if (name === undefined) return []
  return [
    ...(setHostnameAsFQDN ? [fieldForbidden(field, 'may not be specified when setHostnameAsFQDN is true')] : []),
    ...(hostNetwork ? [fieldForbidden(field, 'may not be specified when hostNetwork is true')] : []),
    ...(name.length > maxHostnameLength ? [tooLong(field, maxHostnameLength)] : []),
    ...dnsSubdomain(field, name),
  ]
}
