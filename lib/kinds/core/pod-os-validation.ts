// What a pod may not say because of its operating system: what Linux has and Windows has not, and the other way round.

import { type FieldError, fieldForbidden, notSupported, required } from '../../api/field-errors.ts'
import { eachContainer, type PodSpec } from './pod-types.ts'

export function validateOs(spec: PodSpec, field: string): FieldError[] {
  if (!spec.os) return []
  switch (spec.os.name) {
    case '':
      return [required(`${field}.os.name`)]
    case 'linux':
      return linuxErrors(spec, field)
    case 'windows':
      return windowsErrors(spec, field)
    default:
      return [notSupported(`${field}.os`, spec.os.name, ['linux', 'windows'])]
  }
}

function linuxErrors(spec: PodSpec, field: string): FieldError[] {
  const text = 'windows options cannot be set for a linux pod'
  const contexts = [[spec, field] as const, ...eachContainer(spec, field)]
  return contexts
    .filter(([{ securityContext }]) => securityContext?.windowsOptions)
    .map(([, at]) => fieldForbidden(`${at}.securityContext.windowsOptions`, text))
}

type Context = Record<string, unknown>
const isSaid = (value: unknown) => value !== undefined && value !== null

/** In the order in which upstream looks at them; without a dot they are the spec's own. */
const notOnWindows = [
  'securityContext.appArmorProfile',
  'securityContext.seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  'securityContext.seccompProfile',
  'securityContext.fsGroup',
  'securityContext.fsGroupChangePolicy',
  'securityContext.sysctls',
  'shareProcessNamespace',
  'securityContext.runAsUser',
  'securityContext.runAsGroup',
  'securityContext.supplementalGroups',
  'securityContext.supplementalGroupsPolicy',
  'securityContext.seLinuxChangePolicy',
]
/** Said only when true, or when not empty. */
const switches = ['hostPID', 'hostIPC']
const containerFields = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
]

function windowsErrors(spec: PodSpec, field: string): FieldError[] {
  const text = 'cannot be set for a windows pod'
  const ofPod = notOnWindows.filter(path => {
    const [name = '', member] = path.split('.')
    const value = member ? (spec.securityContext as Context | undefined)?.[member] : (spec as unknown as Context)[name]
    if (switches.includes(path)) return value === true
    return Array.isArray(value) && member === 'sysctls' ? value.length > 0 : isSaid(value)
  })
  const ofContainers = eachContainer(spec, field).flatMap(([{ securityContext }, at]) =>
    containerFields
      .filter(name => isSaid((securityContext as Context | undefined)?.[name]))
      .map(name => `${at}.securityContext.${name}`),
  )
  return [...ofPod.map(path => `${field}.${path}`), ...ofContainers].map(path => fieldForbidden(path, text))
}
