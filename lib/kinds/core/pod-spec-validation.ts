// What must hold for a pod's spec. The parts (containers, volumes, affinity, security) have files of their own.

import { duplicate, type FieldError, required } from '../../api/field-errors.ts'
import { validateLabels } from '../../api/validation.ts'
import {
  dnsLabel,
  dnsSubdomain,
  eachItem,
  inRange,
  ipAddress,
  qualifiedName,
  requiredWord,
} from '../../api/validation-rules.ts'
import { validateAffinity } from './pod-affinity-validation.ts'
import { validateResourceClaims } from './pod-claims-validation.ts'
import { validateContainers, validateEphemeralContainers, validateInitContainers } from './pod-container-validation.ts'
import { validateDnsConfig } from './pod-dns-validation.ts'
import { validateFileRefVolumes } from './pod-env-validation.ts'
import { validateHostnameOverride, validateHostPorts, validateHostUsers } from './pod-host-validation.ts'
import { validatePodResources } from './pod-level-resources-validation.ts'
import { validateOs } from './pod-os-validation.ts'
import { validateOverhead } from './pod-resources-validation.ts'
import { validatePodSecurityContext } from './pod-security-validation.ts'
import { validateTolerations } from './pod-toleration-validation.ts'
import { validateTopologySpread } from './pod-topology-validation.ts'
import type { PodSpec } from './pod-types.ts'
import { validateVolumes } from './pod-volume-validation.ts'
import { validateHostProcess } from './pod-windows-validation.ts'

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
    ...validateHostPorts(spec, `${field}.containers`, rules.isPod),
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
    ...validateDnsConfig(spec, `${field}.dnsConfig`),
    ...eachItem(spec.readinessGates, `${field}.readinessGates`, ({ conditionType }, at) =>
      qualifiedName(`${at}.conditionType`, conditionType),
    ),
    ...schedulingGates(spec, `${field}.schedulingGates`),
    ...validateTopologySpread(spec.topologySpreadConstraints, `${field}.topologySpreadConstraints`),
    ...validateHostProcess(spec, field),
    ...validateHostUsers(spec, field),
    ...validateHostnameOverride(spec, `${field}.hostnameOverride`),
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

function schedulingGates({ schedulingGates: gates = [] }: PodSpec, field: string): FieldError[] {
  return eachItem(gates, field, ({ name }, at, i) => [
    ...qualifiedName(at, name),
    ...(gates.findIndex(other => other.name === name) < i ? [duplicate(at, name)] : []),
  ])
}

function hostAliases({ hostAliases: aliases }: PodSpec, field: string): FieldError[] {
  return eachItem(aliases, field, ({ ip, hostnames }, at) => [
    ...ipAddress(`${at}.ip`, ip),
    ...eachItem(hostnames, `${at}.hostnames`, (name, hostname) => dnsSubdomain(hostname, name)),
  ])
}
