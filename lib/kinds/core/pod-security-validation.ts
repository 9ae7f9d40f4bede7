// What must hold for security contexts, of a pod and of its containers.

import { duplicate, type FieldError, invalid, notSupported, required, tooLong } from '../../api/field-errors.ts'
import { dnsSubdomain, eachItem, inRange, optionalWord } from '../../api/validation-rules.ts'
import { descendingPath } from './local-path-validation.ts'
import type { Container, PodSpec } from './pod-types.ts'
import { validateWindowsOptions } from './pod-windows-validation.ts'

type PodSecurityContext = NonNullable<PodSpec['securityContext']>
type SecurityContext = NonNullable<Container['securityContext']>
type Seccomp = NonNullable<SecurityContext['seccompProfile']>
type AppArmor = NonNullable<SecurityContext['appArmorProfile']>

const maxId = 2 ** 31 - 1
const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']

export function validatePodSecurityContext(spec: PodSpec, field: string): FieldError[] {
  const context = spec.securityContext
  if (!context) return []
  return [
    ...inRange(`${field}.fsGroup`, context.fsGroup, 0, maxId),
    ...userAndGroup(context, field),
    ...eachItem(context.supplementalGroups, `${field}.supplementalGroups`, (group, at) => inRange(at, group, 0, maxId)),
    ...shareProcessNamespace(spec, field),
    ...sysctls(context, spec, `${field}.sysctls`),
    ...optionalWord(`${field}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']),
    ...seccomp(context.seccompProfile, `${field}.seccompProfile`),
    ...validateWindowsOptions(context.windowsOptions, `${field}.windowsOptions`, dnsSubdomain),
    ...appArmor(context.appArmorProfile, `${field}.appArmorProfile`),
    ...optionalWord(`${field}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ['Merge', 'Strict']),
    ...optionalWord(`${field}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ['MountOption', 'Recursive']),
  ]
}

function userAndGroup({ runAsUser, runAsGroup }: PodSecurityContext | SecurityContext, field: string): FieldError[] {
  return [
    ...inRange(`${field}.runAsUser`, runAsUser, 0, maxId),
    ...inRange(`${field}.runAsGroup`, runAsGroup, 0, maxId),
  ]
}

function shareProcessNamespace(spec: PodSpec, field: string): FieldError[] {
  if (!spec.shareProcessNamespace || !spec.hostPID) return []
  const text = 'ShareProcessNamespace and HostPID cannot both be enabled'
  return [invalid(`${field}.shareProcessNamespace`, true, text)]
}

const sysctlSegment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const sysctlName = `^(${sysctlSegment}[\\./])*${sysctlSegment}$`
const maxSysctlLength = 253

function sysctls(context: PodSecurityContext, spec: PodSpec, field: string): FieldError[] {
  const all = context.sysctls ?? []
  return eachItem(all, field, ({ name }, at, i) => [
    ...sysctlNameErrors(name, all.slice(0, i), `${at}.name`),
    ...hostSysctl(name.replaceAll('/', '.'), name, spec, `${at}.name`),
  ])
}

function sysctlNameErrors(name: string, before: { name: string }[], field: string): FieldError[] {
  if (!name) return [required(field)]
  if (name.length > maxSysctlLength || !new RegExp(sysctlName).test(name)) {
    const text = `must have at most ${maxSysctlLength} characters and match regex ${sysctlName}`
    return [invalid(field, name, text)]
  }
  return before.some(other => other.name === name) ? [duplicate(field, name)] : []
}

/** A setting of a namespace that the pod shares with the host. */
function hostSysctl(dotted: string, name: string, spec: PodSpec, field: string): FieldError[] {
  const isIpc = /^(kernel\.(sem|shm|msg)|fs\.mqueue\.)/.test(dotted)
  if (spec.hostNetwork && dotted.startsWith('net.')) {
    return [invalid(field, name, "may not be specified when 'hostNetwork' is true")]
  }
  return spec.hostIPC && isIpc ? [invalid(field, name, "may not be specified when 'hostIPC' is true")] : []
}

function seccomp(profile: Seccomp | undefined, field: string): FieldError[] {
  if (!profile) return []
  const errors = profileType(profile.type, 'seccompProfile', field)
  const path = profile.localhostProfile
  if (profile.type !== 'Localhost') {
    if (path === undefined) return errors
    const text = 'can only be set when seccomp type is Localhost'
    return [...errors, invalid(`${field}.localhostProfile`, profile, text)]
  }
  if (path !== undefined) return [...errors, ...descendingPath(`${field}.localhostProfile`, path)]
  return [...errors, required(`${field}.localhostProfile`, 'must be set when seccomp type is Localhost')]
}

const maxProfileLength = 4095

function appArmor(profile: AppArmor | undefined, field: string): FieldError[] {
  if (!profile) return []
  const errors = profileType(profile.type, 'appArmorProfile', field)
  const name = profile.localhostProfile
  const at = `${field}.localhostProfile`
  if (profile.type !== 'Localhost') {
    const isKnown = profileTypes.includes(profile.type)
    const text = 'can only be set when AppArmor type is Localhost'
    return isKnown && name !== undefined ? [...errors, invalid(at, name, text)] : errors
  }
  if (name === undefined) errors.push(required(at, 'must be set when AppArmor type is Localhost'))
  else if (name.trim() !== name) errors.push(invalid(at, name, 'must not be padded with whitespace'))
  else if (name === '') errors.push(required(at, 'must be set when AppArmor type is Localhost'))
  if ((name ?? '').length > maxProfileLength) errors.push(tooLong(at, maxProfileLength))
  return errors
}

function profileType(type: string | undefined, member: string, field: string): FieldError[] {
  if (!type) return [required(`${field}.type`, `type is required when ${member} is set`)]
  return profileTypes.includes(type) ? [] : [notSupported(`${field}.type`, type, profileTypes)]
}

export function validateSecurityContext(
  context: SecurityContext | undefined,
  spec: PodSpec,
  field: string,
): FieldError[] {
  if (!context) return []
  return [
    ...userAndGroup(context, field),
    ...optionalWord(`${field}.procMount`, context.procMount, ['Default', 'Unmasked']),
    ...(context.procMount === 'Unmasked' && spec.hostUsers !== false
      ? [invalid(`${field}.procMount`, 'Unmasked', '`hostUsers` must be false to use `Unmasked`')]
      : []),
    ...seccomp(context.seccompProfile, `${field}.seccompProfile`),
    ...escalation(context, field),
    ...validateWindowsOptions(context.windowsOptions, `${field}.windowsOptions`, dnsSubdomain),
    ...appArmor(context.appArmorProfile, `${field}.appArmorProfile`),
  ]
}

function escalation(context: SecurityContext, field: string): FieldError[] {
  if (context.allowPrivilegeEscalation !== false) return []
  const text = (what: string) => `cannot set \`allowPrivilegeEscalation\` to false and ${what}`
  const admins = (context.capabilities?.add ?? []).filter(capability => capability === 'CAP_SYS_ADMIN')
  return [
    ...(context.privileged ? [invalid(field, context, text('`privileged` to true'))] : []),
    ...admins.map(() => invalid(field, context, text('`capabilities.Add` CAP_SYS_ADMIN'))),
  ]
}
