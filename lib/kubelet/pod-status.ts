// The status of a pod as its node sees it: phase, conditions, addresses and every container. Pure.

import { rfc3339 } from '../util/clock.ts'
import { containerStatus } from './container-status.ts'
import { type Observed, readySandbox } from './observed.ts'
import {
  type ApiContainerStatus,
  appContainersOf,
  hasFinalPhase,
  initContainersOf,
  type Pod,
  type PodContainer,
  type PodEnd,
  type PodStatus,
} from './pod.ts'
import { podConditions } from './pod-conditions.ts'
import { qosClass } from './qos.ts'

export interface StatusContext {
  hostIPs: string[]
  nowMs: number
  /** Nothing of the pod runs any more, nor will: the phase becomes final. */
  ended?: boolean
  /** What ended it, if it was its node. */
  end?: PodEnd | undefined
}

export function podStatus(pod: Pod, observed: Observed, context: StatusContext): PodStatus {
  const { hostIPs, nowMs, ended = false, end } = context
  const of = (container: PodContainer) => containerStatus(pod, container, observed, nowMs)
  const inits = initContainersOf(pod).map(of)
  const apps = appContainersOf(pod).map(of)
  const phase = ended && end && !hasFinalPhase(pod.status) ? 'Failed' : phaseOf(pod, inits, apps, ended)
  const sandbox = readySandbox(observed)
  const conditions = podConditions(
    { pod, phase, statuses: [...inits, ...apps], hasReadySandbox: sandbox !== undefined },
    rfc3339(nowMs),
  )
  const { generation } = pod.metadata
  return {
    ...(generation ? { observedGeneration: generation } : {}),
    phase,
    conditions,
    ...(ended ? end : {}),
    ...(hasFinalPhase(pod.status) ? kept(pod.status, 'reason', 'message') : {}),
    ...addresses(pod, sandbox?.ips ?? [], hostIPs),
    startTime: pod.status?.startTime ?? rfc3339(nowMs),
    ...(inits.length > 0 ? { initContainerStatuses: inits } : {}),
    containerStatuses: apps,
    qosClass: pod.status?.qosClass ?? qosClass(pod),
  }
}

/** The status of a pod that this node refuses to run. */
export function rejectedStatus(pod: Pod, reason: string, message: string, nowMs: number): PodStatus {
  const { generation } = pod.metadata
  return {
    ...(generation ? { observedGeneration: generation } : {}),
    phase: 'Failed',
    reason,
    message: `Pod was rejected: ${message}`,
    startTime: rfc3339(nowMs),
    qosClass: pod.status?.qosClass ?? qosClass(pod),
  }
}

// --- phase

function phaseOf(pod: Pod, inits: ApiContainerStatus[], apps: ApiContainerStatus[], ended: boolean): string {
  const known = pod.status?.phase
  if (known === 'Succeeded' || known === 'Failed') return known
  const policy = pod.spec?.restartPolicy ?? 'Always'
  const failed = (status: ApiContainerStatus) => (exitCodeOf(status) ?? 0) !== 0
  if (initContainersOf(pod).some(({ kind, spec }) => kind === 'init' && isOut(spec.name, inits, policy)))
    return 'Failed'
  const stopped = apps.filter(status => exitCodeOf(status) !== undefined)
  const running = apps.filter(status => status.state?.running)
  if (ended) return stopped.length === apps.length && !stopped.some(failed) ? 'Succeeded' : 'Failed'
  if (running.length + stopped.length < apps.length || !isInitialized(pod, inits, apps)) return 'Pending'
  if (running.length > 0 || policy === 'Always') return 'Running'
  if (!stopped.some(failed)) return 'Succeeded'
  return policy === 'Never' ? 'Failed' : 'Running'
}

/** How it ended, if it runs no more: also while it waits to be restarted. */
function exitCodeOf({ state, lastState }: ApiContainerStatus): number | undefined {
  if (state?.running) return undefined
  return (state?.terminated ?? lastState?.terminated)?.exitCode
}

function isOut(name: string, inits: ApiContainerStatus[], policy: string): boolean {
  const ended = inits.find(status => status.name === name)?.state?.terminated
  return ended !== undefined && ended.exitCode !== 0 && policy === 'Never'
}

function isInitialized(pod: Pod, inits: ApiContainerStatus[], apps: ApiContainerStatus[]): boolean {
  if (apps.some(status => status.state?.running)) return true
  return initContainersOf(pod).every(({ kind, spec }) => {
    const status = inits.find(entry => entry.name === spec.name)
    return kind === 'sidecar' ? status?.started || exitCodeOf(status ?? notStarted) !== undefined : status?.ready
  })
}

const notStarted: ApiContainerStatus = { name: '', image: '', imageID: '', ready: false, restartCount: 0 }

// --- addresses

function addresses({ spec, status }: Pod, sandboxIps: string[], hostIPs: string[]): Partial<PodStatus> {
  const ips = spec?.hostNetwork ? hostIPs : sandboxIps
  // A pod that has ended keeps the address it had.
  const podIPs = ips.length > 0 ? ips.map(ip => ({ ip })) : (status?.podIPs ?? [])
  return {
    ...(hostIPs[0] ? { hostIP: hostIPs[0], hostIPs: hostIPs.map(ip => ({ ip })) } : {}),
    ...(podIPs[0]?.ip ? { podIP: podIPs[0].ip, podIPs } : {}),
  }
}

function kept<K extends keyof PodStatus>(status: PodStatus | undefined, ...names: K[]): Partial<PodStatus> {
  const entries = names.map(name => [name, status?.[name]]).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries)
}
