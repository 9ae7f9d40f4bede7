// What must hold for the three lists of containers: each container for itself, and their names and host ports together.

import { duplicate, type FieldError, fieldForbidden, fieldNotFound, invalid, required } from '../../api/field-errors.ts'
import { asInvalid } from '../../api/validation.ts'
import { portNameErrors } from '../../api/validation-names.ts'
import { dnsLabel, eachItem, portNumber, requiredText, requiredWord } from '../../api/validation-rules.ts'
import { validateEnv, validateEnvFrom } from './pod-env-validation.ts'
import { validateVolumeDevices, validateVolumeMounts } from './pod-mount-validation.ts'
import { validateLifecycle, validateProbes } from './pod-probe-validation.ts'
import { validateContainerResources } from './pod-resources-validation.ts'
import { validateInitResizePolicies, validateResizePolicies, validateRestartPolicy } from './pod-restart-validation.ts'
import { validateSecurityContext } from './pod-security-validation.ts'
import { type Container, type EphemeralContainer, isRestartableInit, type PodSpec } from './pod-types.ts'

export function validateContainers(spec: PodSpec, field: string): FieldError[] {
  const { containers = [] } = spec
  if (containers.length === 0) return [required(field)]
  return [
    ...eachItem(containers, field, (container, at, i) => [
      ...containerErrors(container, spec, at),
      ...duplicateName(container, containers.slice(0, i), at),
      ...validateLifecycle(container.lifecycle, spec, `${at}.lifecycle`),
      ...validateProbes(container, at),
      ...validateRestartPolicy(container, at),
    ]),
    ...hostPortConflicts(containers, field),
  ]
}

export function validateInitContainers(spec: PodSpec, field: string): FieldError[] {
  const { initContainers = [], containers = [] } = spec
  return eachItem(initContainers, field, (container, at, i) => [
    ...containerErrors(container, spec, at),
    ...validateRestartPolicy(container, at),
    ...duplicateName(container, [...containers, ...initContainers.slice(0, i)], at),
    ...hostPortConflicts([container], field),
    ...(isRestartableInit(container)
      ? [...validateLifecycle(container.lifecycle, spec, `${at}.lifecycle`), ...validateProbes(container, at)]
      : forbiddenForInit(container, at)),
    ...validateInitResizePolicies(container, `${at}.resizePolicy`),
  ])
}

function forbiddenForInit(container: Container, field: string): FieldError[] {
  const fields = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const
  const text = 'may not be set for init containers without restartPolicy=Always'
  return fields.filter(name => container[name]).map(name => fieldForbidden(`${field}.${name}`, text))
}

const forbiddenForEphemeral = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const

export function validateEphemeralContainers(spec: PodSpec, field: string): FieldError[] {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = spec
  const others = [...containers, ...initContainers]
  const text = 'cannot be set for an Ephemeral Container'
  return eachItem(ephemeralContainers, field, (container, at, i) => [
    ...containerErrors(container, spec, at),
    ...paddedImage(container, at),
    ...duplicateName(container, [...others, ...ephemeralContainers.slice(0, i)], at),
    ...(container.targetContainerName && !others.some(({ name }) => name === container.targetContainerName)
      ? [fieldNotFound(`${at}.targetContainerName`, container.targetContainerName)]
      : []),
    ...forbiddenForEphemeral.filter(name => isSet(container[name])).map(name => fieldForbidden(`${at}.${name}`, text)),
    ...eachItem(container.volumeMounts, `${at}.volumeMounts`, (mount, path) => [
      ...(mount.subPath ? [fieldForbidden(`${path}.subPath`, text)] : []),
      ...(mount.subPathExpr ? [fieldForbidden(`${path}.subPathExpr`, text)] : []),
    ]),
  ])
}

/** Asked of pods, not of templates. */
export function paddedImage({ image = '' }: Container | EphemeralContainer, field: string): FieldError[] {
  if (image.trim() === image) return []
  return [invalid(`${field}.image`, image, 'must not have leading or trailing whitespace')]
}

function isSet(value: unknown): boolean {
  return value !== undefined && (typeof value !== 'object' || Object.keys(value as object).length > 0)
}

function containerErrors(container: Container | EphemeralContainer, spec: PodSpec, field: string): FieldError[] {
  const policies = ['File', 'FallbackToLogsOnError']
  return [
    ...(container.name ? dnsLabel(`${field}.name`, container.name) : [required(`${field}.name`)]),
    ...requiredText(`${field}.image`, container.image),
    ...requiredWord(`${field}.terminationMessagePolicy`, container.terminationMessagePolicy, policies),
    ...containerPorts(container, `${field}.ports`),
    ...validateEnv(container.env, `${field}.env`),
    ...validateEnvFrom(container.envFrom, `${field}.envFrom`),
    ...validateVolumeMounts(container, spec, `${field}.volumeMounts`),
    ...validateVolumeDevices(container, spec, `${field}.volumeDevices`),
    ...requiredWord(`${field}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    ...validateContainerResources(container.resources, spec, `${field}.resources`),
    ...validateResizePolicies(container, spec, `${field}.resizePolicy`),
    ...validateSecurityContext(container.securityContext, spec, `${field}.securityContext`),
  ]
}

function duplicateName({ name }: { name: string }, before: { name: string }[], field: string): FieldError[] {
  return name && before.some(other => other.name === name) ? [duplicate(`${field}.name`, name)] : []
}

function containerPorts({ ports = [] }: Container, field: string): FieldError[] {
  return eachItem(ports, field, (port, at, i) => [
    ...(port.name ? portName(port.name, ports.slice(0, i), at) : []),
    ...(port.containerPort ? portNumber(`${at}.containerPort`, port.containerPort) : [required(`${at}.containerPort`)]),
    ...(port.hostPort ? portNumber(`${at}.hostPort`, port.hostPort) : []),
    ...requiredWord(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']),
  ])
}

function portName(name: string, before: { name?: string }[], field: string): FieldError[] {
  const errors = asInvalid(`${field}.name`, name, portNameErrors(name))
  if (errors.length > 0) return errors
  return before.some(other => other.name === name) ? [duplicate(`${field}.name`, name)] : []
}

function hostPortConflicts(containers: Container[], field: string): FieldError[] {
  const taken = new Set<string>()
  return eachItem(containers, field, ({ ports }, at) =>
    eachItem(ports, `${at}.ports`, ({ hostPort, protocol, hostIP = '' }, port) => {
      if (!hostPort) return []
      const key = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(key)) return [duplicate(`${port}.hostPort`, key)]
      taken.add(key)
      return []
    }),
  )
}
