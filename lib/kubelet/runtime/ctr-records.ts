// What is kept about a sandbox and a container, and what the kubelet is shown of it: pure.

import type { SandboxNetwork } from './ctr-network.ts'
import type { HostPort } from './pod-rules.ts'
import type { ContainerConfig, ContainerStatus, SandboxConfig, SandboxStatus } from './runtime.ts'

export interface SandboxRecord {
  id: string
  config: SandboxConfig
  createdAtMs: number
  /** Of the kernel it was made on: nothing of it is left after another start of the machine. */
  bootId: string
  state: 'creating' | 'ready' | 'stopped'
  ips: string[]
  network?: SandboxNetwork
}

export interface ContainerRecord {
  id: string
  sandboxId: string
  pod: SandboxConfig['pod']
  config: ContainerConfig
  stopSignal: string
  /** Below the cluster's cgroup. */
  cgroup: string
  createdAtMs: number
  state: 'creating' | 'created' | 'running' | 'exited'
  startedAtMs?: number
  pid?: number
  finishedAtMs?: number
  exitCode?: number
  reason?: string
  message?: string
}

export interface Exit {
  exitCode: number
  finishedAtMs: number
}

/** containerd's answer for a process whose end nobody saw. */
export const unknownExitCode = 255
/** containerd's for one that could not be started. */
export const startErrorExitCode = 128

export function exited(record: ContainerRecord, { exitCode, finishedAtMs }: Exit, oomKills: number): ContainerRecord {
  const { pid: _, ...rest } = record
  const reason = oomKills > 0 ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error'
  return { ...rest, state: 'exited', exitCode, finishedAtMs, reason }
}

export function vanished(record: ContainerRecord, nowMs: number): ContainerRecord {
  const { pid: _, ...rest } = record
  return { ...rest, state: 'exited', exitCode: unknownExitCode, reason: 'Unknown', finishedAtMs: nowMs }
}

export function startFailed(record: ContainerRecord, message: string, nowMs: number): ContainerRecord {
  const end = { exitCode: startErrorExitCode, finishedAtMs: nowMs, reason: 'StartError', message }
  return { ...record, state: 'exited', startedAtMs: 0, ...end }
}

export function sandboxStatus({ id, config, createdAtMs, state, ips }: SandboxRecord): SandboxStatus {
  const { pod, attempt, labels, annotations } = config
  const shown = state === 'ready' ? 'ready' : 'not-ready'
  return { id, pod, attempt, state: shown, createdAtMs, ips, labels, annotations }
}

/** Those that lead to a sandbox that is ready. */
export function hostPorts({ config, state, ips }: SandboxRecord): HostPort[] {
  const [podIP] = ips
  return state === 'ready' && podIP ? config.portMappings.map(mapping => ({ ...mapping, podIP })) : []
}

export function containerStatus(record: ContainerRecord): ContainerStatus {
  const { id, sandboxId, pod, config, createdAtMs, startedAtMs, finishedAtMs, exitCode, pid, reason, message } = record
  const { name, attempt, image, imageId, logPath, labels, annotations } = config
  return {
    ...{ id, sandboxId, pod, name, attempt, image, imageId, createdAtMs, logPath, labels, annotations },
    state: record.state === 'creating' ? 'created' : record.state,
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    ...(finishedAtMs === undefined ? {} : { finishedAtMs }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(pid === undefined ? {} : { pid }),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  }
}
