// What is said to those who write pods, or templates of pods, that work but hardly as they think. In upstream's order:
// kubectl prints it line by line.

import { dnsLabelErrors } from '../../api/validation-names.ts'
import { goQuote } from '../../util/go-quote.ts'
import type { Pod } from './pod.ts'
import { seccompPodAnnotation } from './pod-annotation-validation.ts'
import type { PodSpec, PodTemplateSpec } from './pod-types.ts'
import { addressWarnings } from './pod-warnings-addresses.ts'
import { appArmorWarnings, containerWarnings, fractionalBytes } from './pod-warnings-containers.ts'
import { nodeLabelWarnings, nullSelectorWarnings } from './pod-warnings-placement.ts'
import { portWarnings } from './pod-warnings-ports.ts'
import { overlapWarnings, volumeWarnings } from './pod-warnings-volumes.ts'

/** Of new pods only: an update of a pod warns of nothing. */
export function podWarnings(pod: Pod, old?: Pod): string[] {
  if (old || !pod.spec) return []
  const name = dnsLabelErrors(pod.metadata.name ?? '')
  const text =
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended:"
  return [
    ...appArmorWarnings(pod.spec, pod.metadata.annotations, ''),
    ...(name.length > 0 ? [`${text} [${name.join(' ')}]`] : []),
    ...warnings({ metadata: pod.metadata, spec: pod.spec }, ''),
  ]
}

/** For kinds whose name becomes the beginning of their pods' names. */
export function podNamePrefixWarnings({ metadata }: { metadata: { name?: string } }): string[] {
  const name = dnsLabelErrors(metadata.name ?? '')
  const text =
    'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended:'
  return name.length > 0 ? [`${text} [${name.join(' ')}]`] : []
}

/** `field` is where the template is: `spec.template`. */
export function podTemplateWarnings(template: PodTemplateSpec | undefined, field: string): string[] {
  return template?.spec ? warnings(template, `${field}.`) : []
}

const oldAnnotations: Record<string, string> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
}

/** `at` is empty, or a template's path with a dot behind it. */
function warnings({ metadata, spec = {} as PodSpec }: PodTemplateSpec, at: string): string[] {
  const annotations = metadata?.annotations ?? {}
  const field = `${at}spec`
  const oldOnes = Object.entries(oldAnnotations).filter(([key]) => key in annotations)
  const hasSeccomp = seccompPodAnnotation in annotations && !spec.securityContext?.seccompProfile
  return [
    ...nodeLabelWarnings(spec, field),
    ...oldOnes.map(([key, text]) => `${at}metadata.annotations[${key}]: ${text}`),
    ...volumeWarnings(spec.volumes, `${field}.volumes`),
    ...overlapWarnings(spec.volumes),
    ...duplicates(
      spec.hostAliases?.map(({ ip }) => ip),
      `${field}.hostAliases`,
      'ip',
    ),
    ...duplicates(
      spec.imagePullSecrets?.map(({ name = '' }) => name),
      `${field}.imagePullSecrets`,
      'name',
    ),
    ...namelessSecrets(spec, field),
    ...(['memory', 'ephemeral-storage'] as const).flatMap(name =>
      fractionalBytes(spec.overhead, name, `${field}.overhead`),
    ),
    ...(hasSeccomp
      ? [
          `${at}metadata.annotations[${seccompPodAnnotation}]: non-functional in v1.27+; use the "seccompProfile" field instead`,
        ]
      : []),
    ...containerWarnings(spec, annotations, at),
    ...portWarnings(spec, field),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [`${field}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...nullSelectorWarnings(spec.affinity, `${field}.affinity`),
    ...addressWarnings(spec, field),
  ]
}

function duplicates(values: string[] = [], field: string, member: string): string[] {
  return values.flatMap((value, i) =>
    values.indexOf(value) < i ? [`${field}[${i}].${member}: duplicate ${member} ${goQuote(value)}`] : [],
  )
}

function namelessSecrets({ imagePullSecrets = [] }: PodSpec, field: string): string[] {
  return imagePullSecrets.flatMap(({ name }, i) =>
    name ? [] : [`${field}.imagePullSecrets[${i}].name: invalid empty name ""`],
  )
}
