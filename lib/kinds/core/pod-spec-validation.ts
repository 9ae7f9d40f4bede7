// What must hold for a pod's spec. The parts (containers, volumes, affinity, security) have files of their own.

import { type FieldError, fieldForbidden, invalid, required } from '../../api/field-errors.ts'
import { validateLabels } from '../../api/validation.ts'
import {
  dnsLabel,
  dnsSubdomain,
  eachItem,
  inRange,
  ipAddress,
  optionalWord,
  qualifiedName,
  requiredWord,
} from '../../api/validation-rules.ts'
import { validateAffinity } from './pod-affinity-validation.ts'
import { validateContainers, validateEphemeralContainers, validateInitContainers } from './pod-container-validation.ts'
import { validatePodResources } from './pod-resources-validation.ts'
import { validatePodSecurityContext } from './pod-security-validation.ts'
import { validateTolerations } from './pod-toleration-validation.ts'
import { validateTopologySpread } from './pod-topology-validation.ts'
import type { PodSpec } from './pod-types.ts'
import { validateVolumes } from './pod-volume-validation.ts'

export interface PodSpecRules {
  /** The spec of a pod itself, not of a template. */
  isPod: boolean
  podName?: string | undefined
}

const maxInt32 = 2 ** 31 - 1

export function validatePodSpec(spec: PodSpec, field: string, rules: PodSpecRules): FieldError[] {
  return [
    ...(spec.terminationGracePeriodSeconds === undefined ? [required(`${field}.terminationGracePeriodSeconds`)] : []),
    ...validateVolumes(spec.volumes, `${field}.volumes`, rules.podName),
    ...validateContainers(spec, `${field}.containers`),
    ...validateInitContainers(spec, `${field}.initContainers`),
    ...validateEphemeralContainers(spec, `${field}.ephemeralContainers`),
    ...validatePodResources(spec, `${field}.resources`),
    ...hostNetworkPorts(spec, `${field}.containers`, rules),
    ...requiredWord(`${field}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never']),
    ...requiredWord(`${field}.dnsPolicy`, spec.dnsPolicy, [
      'ClusterFirstWithHostNet',
      'ClusterFirst',
      'Default',
      'None',
    ]),
    ...validateLabels(spec.nodeSelector, `${field}.nodeSelector`),
    ...validatePodSecurityContext(spec, `${field}.securityContext`),
    ...validateAffinity(spec.affinity, `${field}.affinity`),
    ...dnsConfigErrors(spec, `${field}.dnsConfig`),
    ...eachItem(spec.readinessGates, `${field}.readinessGates`, ({ conditionType }, at) =>
      qualifiedName(`${at}.conditionType`, conditionType),
    ),
    ...schedulingGates(spec, `${field}.schedulingGates`),
    ...validateTopologySpread(spec.topologySpreadConstraints, `${field}.topologySpreadConstraints`),
    ...hostUsers(spec, field),
    ...namesInSpec(spec, field),
    ...validateTolerations(spec.tolerations, `${field}.tolerations`),
    ...hostAliases(spec, `${field}.hostAliases`),
    ...optionalWord(`${field}.preemptionPolicy`, spec.preemptionPolicy, ['PreemptLowerPriority', 'Never']),
    ...(spec.os ? requiredWord(`${field}.os.name`, spec.os.name, ['linux', 'windows']) : []),
  ]
}

function namesInSpec(spec: PodSpec, field: string): FieldError[] {
  return [
    ...(spec.serviceAccountName ? dnsSubdomain(`${field}.serviceAccountName`, spec.serviceAccountName) : []),
    ...(spec.nodeName ? dnsSubdomain(`${field}.nodeName`, spec.nodeName) : []),
    ...inRange(`${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, 1, maxInt32),
    ...(spec.hostname ? dnsLabel(`${field}.hostname`, spec.hostname) : []),
    ...(spec.subdomain ? dnsLabel(`${field}.subdomain`, spec.subdomain) : []),
    ...(spec.priorityClassName ? dnsSubdomain(`${field}.priorityClassName`, spec.priorityClassName) : []),
    ...(spec.runtimeClassName === undefined ? [] : dnsSubdomain(`${field}.runtimeClassName`, spec.runtimeClassName)),
  ]
}

/** In a template the host port may be left out: it is filled in when a pod is made. */
function hostNetworkPorts(spec: PodSpec, field: string, { isPod }: PodSpecRules): FieldError[] {
  if (!spec.hostNetwork) return []
  return eachItem(spec.containers, field, ({ ports }, at) =>
    eachItem(ports, `${at}.ports`, ({ hostPort = 0, containerPort }, port) =>
      (isPod || hostPort !== 0) && hostPort !== containerPort
        ? [invalid(`${port}.hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true')]
        : [],
    ),
  )
}

const maxNameservers = 3
const maxSearches = 32
const maxSearchCharacters = 2048

function dnsConfigErrors({ dnsConfig, dnsPolicy }: PodSpec, field: string): FieldError[] {
  if (dnsPolicy === 'None') {
    if (!dnsConfig) return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    if (!dnsConfig.nameservers?.length) {
      return [required(`${field}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
    }
  }
  if (!dnsConfig) return []
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  const errors: FieldError[] = []
  if (nameservers.length > maxNameservers) {
    errors.push(invalid(`${field}.nameservers`, nameservers, `must not have more than ${maxNameservers} nameservers`))
  }
  errors.push(...eachItem(nameservers, `${field}.nameservers`, (server, at) => ipAddress(at, server)))
  if (searches.length > maxSearches) {
    errors.push(invalid(`${field}.searches`, searches, `must not have more than ${maxSearches} search paths`))
  }
  if (searches.join(' ').length > maxSearchCharacters) {
    const text = `must not have more than ${maxSearchCharacters} characters (including spaces) in the search list`
    errors.push(invalid(`${field}.searches`, searches, text))
  }
  errors.push(...eachItem(searches, `${field}.searches`, searchPath))
  errors.push(
    ...eachItem(options, `${field}.options`, ({ name }, at) => (name ? [] : [required(at, 'must not be empty')])),
  )
  return errors
}

/** Underscores are let through, as names of services in other systems have them. */
function searchPath(search: string, field: string): FieldError[] {
  if (search === '.') return []
  const name = search.replace(/\.$/, '')
  return dnsSubdomain(field, name.replaceAll('_', 'a')).map(() => invalid(field, name, searchText))
}

const searchText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?(\\.[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?)*')"

function schedulingGates({ schedulingGates: gates = [] }: PodSpec, field: string): FieldError[] {
  return eachItem(gates, field, ({ name }, at, i) => [
    ...qualifiedName(at, name),
    ...(gates.findIndex(other => other.name === name) < i
      ? [{ type: 'FieldValueDuplicate' as const, field: at, body: `Duplicate value: ${JSON.stringify(name)}` }]
      : []),
  ])
}

function hostUsers(spec: PodSpec, field: string): FieldError[] {
  if (spec.hostUsers !== false) return []
  const fields = [
    ['hostNetwork', spec.hostNetwork],
    ['HostPID', spec.hostPID],
    ['HostIPC', spec.hostIPC],
  ] as const
  const text = 'when `pod.Spec.HostUsers` is false'
  return fields.filter(([, isSet]) => isSet).map(([name]) => fieldForbidden(`${field}.${name}`, text))
}

function hostAliases({ hostAliases: aliases }: PodSpec, field: string): FieldError[] {
  return eachItem(aliases, field, ({ ip, hostnames }, at) => [
    ...ipAddress(`${at}.ip`, ip),
    ...eachItem(hostnames, `${at}.hostnames`, (name, hostname) => dnsSubdomain(hostname, name)),
  ])
}
