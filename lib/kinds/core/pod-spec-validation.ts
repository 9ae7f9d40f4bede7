// What must hold for a pod's spec. The parts (containers, volumes, affinity, security) have files of their own.

import { duplicate, type FieldError, fieldForbidden, invalid, required, tooLong } from '../../api/field-errors.ts'
import { validateLabels } from '../../api/validation.ts'
import { maxLengthText } from '../../api/validation-names.ts'
import {
  dnsLabel,
  dnsSubdomain,
  eachItem,
  inRange,
  ipAddress,
  qualifiedName,
  requiredWord,
} from '../../api/validation-rules.ts'
import { goStruct } from './go-struct.ts'
import { validateAffinity } from './pod-affinity-validation.ts'
import { validateContainers, validateEphemeralContainers, validateInitContainers } from './pod-container-validation.ts'
import { validateFileRefVolumes } from './pod-env-validation.ts'
import { validatePodResources } from './pod-level-resources-validation.ts'
import { validateHostProcess, validateOs } from './pod-os-validation.ts'
import { validateOverhead } from './pod-resources-validation.ts'
import { validatePodSecurityContext } from './pod-security-validation.ts'
import { validateTolerations } from './pod-toleration-validation.ts'
import { validateTopologySpread } from './pod-topology-validation.ts'
import { eachContainer, type PodSpec } from './pod-types.ts'
import { validateVolumes } from './pod-volume-validation.ts'

export interface PodSpecRules {
  /** The spec of a pod itself, not of a template. */
  isPod: boolean
  podName?: string | undefined
}

const maxInt32 = 2 ** 31 - 1

export function validatePodSpec(spec: PodSpec, field: string, rules: PodSpecRules): FieldError[] {
  const volumes = validateVolumes(spec.volumes, `${field}.volumes`, rules.podName)
  // What is wrong with a volume is said once; for the containers it is not there.
  const mountable = { ...spec, volumes: volumes.valid }
  return [
    ...(spec.terminationGracePeriodSeconds === undefined ? [required(`${field}.terminationGracePeriodSeconds`)] : []),
    ...volumes.errors,
    ...validateResourceClaims(spec.resourceClaims, `${field}.resourceClaims`),
    ...validateContainers(mountable, `${field}.containers`),
    ...validateInitContainers(mountable, `${field}.initContainers`),
    ...validateEphemeralContainers(mountable, `${field}.ephemeralContainers`),
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
    ...validateHostProcess(spec, field),
    ...hostUsers(spec, field),
    ...hostnameOverride(spec, `${field}.hostnameOverride`),
    ...namesInSpec(spec, field),
    ...validateTolerations(spec.tolerations, `${field}.tolerations`),
    ...hostAliases(spec, `${field}.hostAliases`),
    ...classes(spec, field),
    ...validateOverhead(spec.overhead, `${field}.overhead`),
    ...validateOs(spec, field),
    ...validateFileRefVolumes(spec, field),
  ]
}

function namesInSpec(spec: PodSpec, field: string): FieldError[] {
  return [
    ...(spec.serviceAccountName ? dnsSubdomain(`${field}.serviceAccountName`, spec.serviceAccountName) : []),
    ...(spec.nodeName ? dnsSubdomain(`${field}.nodeName`, spec.nodeName) : []),
    ...inRange(`${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, 1, maxInt32),
    ...(spec.hostname ? dnsLabel(`${field}.hostname`, spec.hostname) : []),
    ...(spec.subdomain ? dnsLabel(`${field}.subdomain`, spec.subdomain) : []),
  ]
}

function classes(spec: PodSpec, field: string): FieldError[] {
  const { preemptionPolicy } = spec
  return [
    ...(spec.priorityClassName ? dnsSubdomain(`${field}.priorityClassName`, spec.priorityClassName) : []),
    ...(spec.runtimeClassName === undefined ? [] : dnsSubdomain(`${field}.runtimeClassName`, spec.runtimeClassName)),
    ...(preemptionPolicy === undefined
      ? []
      : requiredWord(`${field}.preemptionPolicy`, preemptionPolicy, ['PreemptLowerPriority', 'Never'])),
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

const underscored = '[a-z0-9_]([-_a-z0-9]*[a-z0-9])?'
const underscoredSubdomain = `${underscored}(\\.${underscored})*`
const searchText = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${underscoredSubdomain}')`
const maxSearchLength = 253

/** Underscores are let through, as names of services in other systems have them. */
function searchPath(search: string, field: string): FieldError[] {
  if (search === '.') return []
  const name = search.replace(/\.$/, '')
  return [
    ...(name.length > maxSearchLength ? [invalid(field, name, maxLengthText(maxSearchLength))] : []),
    ...(new RegExp(`^${underscoredSubdomain}$`).test(name) ? [] : [invalid(field, name, searchText)]),
  ]
}

function schedulingGates({ schedulingGates: gates = [] }: PodSpec, field: string): FieldError[] {
  return eachItem(gates, field, ({ name }, at, i) => [
    ...qualifiedName(at, name),
    ...(gates.findIndex(other => other.name === name) < i ? [duplicate(at, name)] : []),
  ])
}

/** Users of their own go with no namespace of the host's. */
function hostUsers(spec: PodSpec, field: string): FieldError[] {
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

function hostnameOverride(spec: PodSpec, field: string): FieldError[] {
  const { hostnameOverride: name, setHostnameAsFQDN, hostNetwork } = spec
  if (name === undefined) return []
  return [
    ...(setHostnameAsFQDN ? [fieldForbidden(field, 'may not be specified when setHostnameAsFQDN is true')] : []),
    ...(hostNetwork ? [fieldForbidden(field, 'may not be specified when hostNetwork is true')] : []),
    ...(name.length > maxHostnameLength ? [tooLong(field, maxHostnameLength)] : []),
    ...dnsSubdomain(field, name),
  ]
}

function validateResourceClaims(claims: PodSpec['resourceClaims'] = [], field: string): FieldError[] {
  return eachItem(claims, field, (claim, at, i) => {
    const { name, resourceClaimName, resourceClaimTemplateName } = claim
    const isTaken = claims.slice(0, i).some(other => other.name === name)
    const errors = !name
      ? [required(`${at}.name`)]
      : isTaken
        ? [duplicate(`${at}.name`, name)]
        : dnsLabel(`${at}.name`, name)
    const [both, none] = [
      'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
      'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
    ]
    const count = [resourceClaimName, resourceClaimTemplateName].filter(given => given !== undefined).length
    if (count !== 1) errors.push(invalid(at, goStruct(claim, claimMembers), count === 2 ? both : none))
    if (resourceClaimName !== undefined) errors.push(...dnsSubdomain(`${at}.resourceClaimName`, resourceClaimName))
    if (resourceClaimTemplateName !== undefined) {
      errors.push(...dnsSubdomain(`${at}.resourceClaimTemplateName`, resourceClaimTemplateName))
    }
    return errors
  })
}

const claimMembers = ['Name', 'ResourceClaimName', 'ResourceClaimTemplateName']

function hostAliases({ hostAliases: aliases }: PodSpec, field: string): FieldError[] {
  return eachItem(aliases, field, ({ ip, hostnames }, at) => [
    ...ipAddress(`${at}.ip`, ip),
    ...eachItem(hostnames, `${at}.hostnames`, (name, hostname) => dnsSubdomain(hostname, name)),
  ])
}
