// What a container may be told of its own pod: fields and resources, as environment or as files.
// https://kubernetes.io/docs/concepts/workloads/pods/downward-api/

import type { V1ObjectFieldSelector, V1ResourceFieldSelector } from '@kubernetes/client-node'
import type { Json } from '../api/meta.ts'
import { milliValue, parseQuantity, quantityValue } from '../api/quantity.ts'
import { ConfigError } from './config-error.ts'
import { type Container, findContainer, type Pod } from './pod.ts'

export type FieldRef = Json<V1ObjectFieldSelector>
export type ResourceFieldRef = Json<V1ResourceFieldSelector>

/** What is not in the pod's specification. */
export interface DownwardFacts {
  podIPs: string[]
  hostIPs: string[]
  /** Quantities by resource name: the limit of a container that has none. */
  allocatable: Record<string, string>
}

/** Throws ConfigError for a path that leads nowhere. */
export function fieldValue(pod: Pod, { fieldPath }: FieldRef, facts: DownwardFacts): string {
  const { metadata, spec } = pod
  const subscript = /^metadata\.(annotations|labels)\['(.*)'\]$/.exec(fieldPath)
  if (subscript) return metadata[subscript[1] as 'annotations' | 'labels']?.[subscript[2] ?? ''] ?? ''
  switch (fieldPath) {
    case 'metadata.name':
      return metadata.name ?? ''
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid ?? ''
    case 'metadata.labels':
      return formatMap(metadata.labels)
    case 'metadata.annotations':
      return formatMap(metadata.annotations)
    case 'spec.nodeName':
      return spec?.nodeName ?? ''
    case 'spec.serviceAccountName':
      return spec?.serviceAccountName ?? ''
    case 'status.hostIP':
      return facts.hostIPs[0] ?? ''
    case 'status.hostIPs':
      return facts.hostIPs.join(',')
    case 'status.podIP':
      return facts.podIPs[0] ?? ''
    case 'status.podIPs':
      return facts.podIPs.join(',')
    default:
      throw new ConfigError(`unsupported fieldPath: ${fieldPath}`)
  }
}

/** One `key="value"` a line, sorted. */
export function formatMap(map: Record<string, string> = {}): string {
  return Object.keys(map)
    .sort()
    .map(key => `${key}=${JSON.stringify(map[key])}`)
    .join('\n')
}

/** A whole number of the divisor, rounded up. `own`: the container that asks, where the reference names none. */
export function resourceValue(
  pod: Pod,
  ref: ResourceFieldRef,
  own: Container | undefined,
  facts: DownwardFacts,
): string {
  const container = ref.containerName ? findContainer(pod, ref.containerName)?.spec : own
  if (!container) throw new ConfigError(`container ${ref.containerName} not found`)
  const [, part, name = ''] = /^(limits|requests)\.(.+)$/.exec(ref.resource) ?? []
  if (!part) throw new ConfigError(`unsupported container resource : ${ref.resource}`)
  const { requests, limits } = container.resources ?? {}
  const amount = part === 'limits' ? (limits?.[name] ?? facts.allocatable[name]) : requests?.[name]
  const divisor = ref.divisor && ref.divisor !== '0' ? ref.divisor : '1'
  return String(dividedUp(amount ?? '0', divisor, name === 'cpu'))
}

function dividedUp(amount: string, divisor: string, byMilli: boolean): bigint {
  const of = byMilli ? milliValue : quantityValue
  const [a, b] = [of(parseQuantity(amount)), of(parseQuantity(divisor))]
  return b === 0n ? 0n : (a + b - 1n) / b
}
