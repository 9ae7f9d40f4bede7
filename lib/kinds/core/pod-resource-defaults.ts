// What a pod asks for where only some of it is said: requests from limits, and for the pod as a whole from its containers.
// https://kubernetes.io/docs/concepts/workloads/pods/pod-level-resources/

import { formatQuantity } from '../../api/quantity.ts'
import {
  type Amounts,
  aggregateContainers,
  isHugePages,
  isPodLevel,
  mayOvercommit,
  roundUp,
} from './pod-resource-amounts.ts'
import type { Container, PodSpec } from './pod-types.ts'

/** For every spec, in a pod or in a template. */
export function roundResources(spec: PodSpec): void {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])]
  for (const { resources } of [...containers, spec]) {
    roundUp(resources?.limits)
    roundUp(resources?.requests)
  }
  roundUp(spec.overhead)
}

/** For pods only. */
export function defaultPodResources(spec: PodSpec): void {
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) requestWhatIsLimited(container)
  if (!spec.resources) return
  limitHugePages(spec)
  requestForPod(spec)
  if (!Object.keys(spec.resources.limits ?? {}).some(isPodLevel)) limitForPod(spec)
}

function requestWhatIsLimited({ resources }: Container): void {
  if (!resources?.limits) return
  resources.requests = { ...resources.limits, ...resources.requests }
}

type Kind = 'requests' | 'limits'
const isEmpty = (list: Record<string, string> | undefined) => Object.keys(list ?? {}).length === 0

/** `amounts` where the pod says nothing of its own. */
function complete(spec: PodSpec, kind: Kind, amounts: Amounts, applies: (name: string) => boolean): void {
  const { resources } = spec
  const entries = Object.entries(amounts).filter(([name]) => resources?.[kind]?.[name] === undefined && applies(name))
  if (!resources || entries.length === 0) return
  const added = Object.fromEntries(entries.map(([name, amount]) => [name, formatQuantity(amount)]))
  resources[kind] = { ...added, ...resources[kind] }
}

function limitHugePages(spec: PodSpec): void {
  const { limits, requests } = spec.resources ?? {}
  if (isEmpty(limits) && isEmpty(requests)) return
  complete(spec, 'limits', aggregateContainers(spec, 'limits'), name => isHugePages(name) && !requests?.[name])
}

function requestForPod(spec: PodSpec): void {
  const { resources } = spec
  if (!resources || isEmpty(resources.limits)) return
  const canShare = (name: string) => isPodLevel(name) && mayOvercommit(name)
  complete(spec, 'requests', aggregateContainers(spec, 'requests'), canShare)
  const fromLimits = Object.entries(resources.limits ?? {}).filter(([name]) => isPodLevel(name))
  if (fromLimits.length > 0) resources.requests = { ...Object.fromEntries(fromLimits), ...resources.requests }
}

/** Where every container has a limit, the pod has their sum. */
function limitForPod(spec: PodSpec): void {
  if (!Object.keys(spec.resources?.requests ?? {}).some(isPodLevel)) return
  const running = [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
  const isLimited = (name: string) => running.every(({ resources }) => resources?.limits?.[name] !== undefined)
  const canShare = (name: string) => isPodLevel(name) && mayOvercommit(name) && isLimited(name)
  complete(spec, 'limits', aggregateContainers(spec, 'limits'), canShare)
}
