// What the kubelet asks of whatever runs containers, in the CRI's words. `ctr` and `simulated` pass one contract suite.
//
// Everything the kubelet must find again after its own restart lives in the runtime: labels and annotations given at
// creation come back from `list`, and so do exit codes and times of what ended while nobody watched.

export interface PodIdentity {
  namespace: string
  name: string
  uid: string
}

export interface PortMapping {
  protocol: 'TCP' | 'UDP' | 'SCTP'
  containerPort: number
  hostPort: number
  hostIP?: string
}

export interface SandboxConfig {
  pod: PodIdentity
  /** Counts sandboxes of the same pod. */
  attempt: number
  hostname: string
  /** true: the node's own network namespace. Likewise pid and ipc. */
  hostNetwork: boolean
  hostPID: boolean
  hostIPC: boolean
  /** One PID namespace for all containers. */
  shareProcessNamespace: boolean
  dns: { servers: string[]; searches: string[]; options: string[] }
  portMappings: PortMapping[]
  sysctls: Record<string, string>
  /** The pod's cgroup, as a path below the cgroup root: `/kubepods/burstable/pod<uid>`. */
  cgroupParent: string
  /** Set on the pod's cgroup itself, which bounds all its containers together. */
  resources?: Omit<LinuxResources, 'oomScoreAdj'>
  labels: Record<string, string>
  annotations: Record<string, string>
}

export interface SandboxStatus {
  id: string
  pod: PodIdentity
  attempt: number
  state: 'ready' | 'not-ready'
  createdAtMs: number
  /** Empty with host network; the first is the pod's IP. */
  ips: string[]
  labels: Record<string, string>
  annotations: Record<string, string>
}

export interface Mount {
  containerPath: string
  hostPath: string
  readOnly: boolean
  propagation: 'private' | 'host-to-container' | 'bidirectional'
  /** A tmpfs of this many bytes instead of hostPath. */
  tmpfsBytes?: number
}

export interface LinuxResources {
  cpuShares?: number
  cpuQuotaUs?: number
  cpuPeriodUs?: number
  memoryLimitBytes?: number
  oomScoreAdj: number
  pidsLimit?: number
}

export interface LinuxSecurity {
  privileged: boolean
  readOnlyRootFilesystem: boolean
  allowPrivilegeEscalation: boolean
  addCapabilities: string[]
  dropCapabilities: string[]
  /** Absent: the image's user. */
  runAsUser?: number
  runAsGroup?: number
  supplementalGroups: number[]
  fsGroup?: number
  seccomp: { type: 'unconfined' | 'runtime-default' } | { type: 'localhost'; path: string }
  procMount: 'default' | 'unmasked'
}

export interface ContainerConfig {
  /** The container's name in the pod. */
  name: string
  /** Counts this container's starts in the sandbox: its restart count. */
  attempt: number
  /** As in the pod spec; `imageId` is what it resolved to. */
  image: string
  imageId: string
  /** Override the image's entrypoint and command, by Kubernetes' rules. */
  command: string[]
  args: string[]
  workingDir?: string
  env: { name: string; value: string }[]
  mounts: Mount[]
  /** Absolute path of the log in CRI format (`<rfc3339nano> stdout F line`). */
  logPath: string
  stdin: boolean
  stdinOnce: boolean
  tty: boolean
  resources: LinuxResources
  security: LinuxSecurity
  stopSignal?: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

export interface ContainerStatus {
  id: string
  sandboxId: string
  pod: PodIdentity
  name: string
  attempt: number
  image: string
  imageId: string
  state: 'created' | 'running' | 'exited'
  createdAtMs: number
  startedAtMs?: number
  finishedAtMs?: number
  exitCode?: number
  /** Of the init process, while it runs. */
  pid?: number
  /** `OOMKilled`, `Error`, `Completed`, `ContainerCannotRun`, … */
  reason?: string
  message?: string
  logPath: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

/** Something changed in this pod: look again. `relist` says that events may have been missed. */
export type RuntimeEvent = { type: 'pod-changed'; podUid: string } | { type: 'relist' }

export interface Image {
  /** `sha256:…` of the image's configuration. */
  id: string
  tags: string[]
  digests: string[]
  sizeBytes: number
  /** From its configuration: a user name or number, for runAsNonRoot. */
  user: string
}

export interface ExecSyncResult {
  exitCode: number
  stdout: Buffer
  stderr: Buffer
}

/** `notReadyReason` of a node whose pods have no addresses yet. */
export const networkNotReady =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized'

/** Throws RuntimeError, whose `reason` is what the container's waiting state shows. */
export interface ContainerRuntime {
  version(): Promise<{ name: string; version: string }>
  /** undefined when ready, else why not: shown in the node's Ready condition. */
  notReadyReason(): Promise<string | undefined>
  runSandbox(config: SandboxConfig, signal: AbortSignal): Promise<SandboxStatus>
  /** Frees the network and ends what runs in it. Both may be called again. */
  stopSandbox(id: string, signal: AbortSignal): Promise<void>
  removeSandbox(id: string, signal: AbortSignal): Promise<void>
  /** Answers the container's id. */
  createContainer(sandboxId: string, config: ContainerConfig, signal: AbortSignal): Promise<string>
  startContainer(id: string, signal: AbortSignal): Promise<void>
  /** Stop signal, then SIGKILL after `graceMs`. Returns when it has ended. */
  stopContainer(id: string, graceMs: number, signal: AbortSignal): Promise<void>
  /** With all that it left: snapshot, mounts. Its log stays. */
  removeContainer(id: string, signal: AbortSignal): Promise<void>
  list(signal: AbortSignal): Promise<{ sandboxes: SandboxStatus[]; containers: ContainerStatus[] }>
  events(signal: AbortSignal): AsyncIterable<RuntimeEvent>
  execSync(id: string, command: string[], timeoutMs: number, signal: AbortSignal): Promise<ExecSyncResult>
  /** undefined: not here. */
  image(reference: string): Promise<Image | undefined>
  images(): Promise<Image[]>
  pullImage(reference: string, signal: AbortSignal): Promise<Image>
  removeImage(id: string): Promise<void>
}

export class RuntimeError extends Error {
  /** `ErrImagePull`, `CreateContainerError`, `RunContainerError`, `FailedCreatePodSandBox`, … */
  readonly reason: string

  constructor(reason: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'RuntimeError'
    this.reason = reason
  }
}
