// The Node object of this machine: a pure function of what is known of it. Conditions, reasons and messages are
// upstream's.

import type { Node } from '../kinds/core/node.ts'
import { rfc3339 } from '../util/clock.ts'
import type { Machine } from './machine.ts'
import type { Image } from './runtime/runtime.ts'

export const kubeletVersion = 'v1.36.0+binnacle'

export interface NodeInput {
  name: string
  ips: string[]
  labels: Record<string, string>
  taints: { key: string; value?: string; effect: string }[]
  machine: Machine
  maxPods: number
  port: number
  runtimeVersion: string
  images: Image[]
  /** Why the runtime cannot run pods; undefined when it can. */
  notReadyReason: string | undefined
}

type NodeStatus = NonNullable<Node['status']>
type NodeCondition = NonNullable<NodeStatus['conditions']>[number]

const maxImages = 50
const maxNamesPerImage = 5

/** As it registers itself. */
export function newNode(input: NodeInput, nowMs: number): Node {
  const { name, labels, taints } = input
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: nodeLabels(input, labels),
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: taints.length > 0 ? { taints } : {},
    status: nodeStatus(input, undefined, nowMs),
  }
}

export function nodeLabels({ name, machine }: NodeInput, own: Record<string, string>): Record<string, string> {
  return {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': machine.architecture,
    'beta.kubernetes.io/os': 'linux',
    'beta.kubernetes.io/arch': machine.architecture,
    ...own,
  }
}

/** `old`: the status that stands in the API, whose transition times are kept. */
export function nodeStatus(input: NodeInput, old: NodeStatus | undefined, nowMs: number): NodeStatus {
  const { name, ips, machine, port, runtimeVersion } = input
  const capacity = nodeCapacity(machine, input.maxPods)
  return {
    capacity,
    allocatable: nodeAllocatable(machine, input.maxPods),
    conditions: nodeConditions(input, old?.conditions ?? [], rfc3339(nowMs)),
    addresses: [...ips.map(address => ({ type: 'InternalIP', address })), { type: 'Hostname', address: name }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    nodeInfo: {
      machineID: machine.machineId,
      systemUUID: machine.systemUuid,
      bootID: machine.bootId,
      kernelVersion: machine.kernelVersion,
      osImage: machine.osImage,
      containerRuntimeVersion: runtimeVersion,
      kubeletVersion,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: machine.architecture,
    },
    images: imageList(input.images),
  }
}

export function nodeCapacity({ cpus, memoryBytes, diskBytes }: Machine, maxPods: number): Record<string, string> {
  return {
    cpu: String(cpus),
    memory: `${Math.floor(memoryBytes / 1024)}Ki`,
    'ephemeral-storage': `${Math.floor(diskBytes / 1024)}Ki`,
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    pods: String(maxPods),
  }
}

/** What eviction keeps back by default: 100 Mi of memory, a tenth of the disk. */
const evictionMemoryBytes = 100 * 1024 * 1024
const evictionDiskShare = 0.1

export function nodeAllocatable(machine: Machine, maxPods: number): Record<string, string> {
  return {
    ...nodeCapacity(machine, maxPods),
    memory: `${Math.floor(Math.max(0, machine.memoryBytes - evictionMemoryBytes) / 1024)}Ki`,
    'ephemeral-storage': String(Math.floor(machine.diskBytes * (1 - evictionDiskShare))),
  }
}

interface Verdict {
  type: string
  status: string
  reason: string
  message: string
}

function verdicts(notReadyReason: string | undefined): Verdict[] {
  const fine = (type: string, reason: string, what: string) => ({
    type,
    status: 'False',
    reason,
    message: `kubelet has ${what} available`,
  })
  return [
    fine('MemoryPressure', 'KubeletHasSufficientMemory', 'sufficient memory'),
    { ...fine('DiskPressure', 'KubeletHasNoDiskPressure', ''), message: 'kubelet has no disk pressure' },
    fine('PIDPressure', 'KubeletHasSufficientPID', 'sufficient PID'),
    notReadyReason
      ? { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: notReadyReason }
      : { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
  ]
}

/** Those of others (such as NetworkUnavailable) are not touched. */
export function nodeConditions({ notReadyReason }: NodeInput, old: NodeCondition[], now: string): NodeCondition[] {
  return verdicts(notReadyReason).map(verdict => {
    const known = old.find(({ type }) => type === verdict.type)
    const lastTransitionTime = (known?.status === verdict.status && known.lastTransitionTime) || now
    return { ...verdict, lastHeartbeatTime: now, lastTransitionTime }
  })
}

/** The largest first. */
function imageList(images: Image[]): NonNullable<NodeStatus['images']> {
  return images
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, maxImages)
    .map(({ digests, tags, sizeBytes }) => ({ names: [...digests, ...tags].slice(0, maxNamesPerImage), sizeBytes }))
}

/** Everything but heartbeats: when this is the same, nothing has to be written yet. */
export function isSameNodeStatus(a: NodeStatus | undefined, b: NodeStatus): boolean {
  return JSON.stringify(withoutHeartbeats(a)) === JSON.stringify(withoutHeartbeats(b))
}

function withoutHeartbeats(status: NodeStatus | undefined): unknown {
  const conditions = status?.conditions?.map(({ type, status: is, reason, message }) => [type, is, reason, message])
  const { capacity, allocatable, addresses, daemonEndpoints, nodeInfo, images } = status ?? {}
  return [sorted(capacity), sorted(allocatable), conditions, addresses, daemonEndpoints, sorted(nodeInfo), images]
}

function sorted(object: object | undefined): unknown[] {
  return Object.entries(object ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
}
