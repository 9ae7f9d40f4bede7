// A runtime that runs nothing: pods and containers are values that change as a plan says, on the clock handed in. For
// tests of the node, and for clusters of many nodes on one machine.

import { createHash } from 'node:crypto'
import { inBackground } from '../../util/async.ts'
import type { Clock } from '../../util/clock.ts'
import type { Logger } from '../../util/log.ts'
import { EventQueue } from './event-queue.ts'
import { normalizeReference } from './image-reference.ts'
import type {
  ContainerConfig,
  ContainerRuntime,
  ContainerStatus,
  ExecSyncResult,
  Image,
  RuntimeEvent,
  SandboxConfig,
  SandboxStatus,
} from './runtime.ts'
import { networkNotReady, RuntimeError } from './runtime.ts'

/** What happens to containers: the first plan that fits decides. An empty one: starts at once, runs until stopped. */
export interface Plan {
  /** Absent: every image, every container name. */
  image?: string
  container?: string
  startDelayMs?: number
  /** It ends by itself after this. */
  runMs?: number
  exitCode?: number
  oomKilled?: boolean
  /** It takes no notice of the stop signal. */
  ignoresStopSignal?: boolean
  createError?: string
  startError?: string
  exec?: ExecPlan
}

export interface ExecPlan {
  exitCode?: number
  stdout?: string
  stderr?: string
  takesMs?: number
}

export interface SimulatedOptions {
  clock: Clock
  log: Logger
  /** Images that are here. */
  images?: Image[]
  /** Images that can be pulled; `any`: whatever is asked for. */
  registry?: Image[] | 'any'
  plans?: Plan[]
  pullDelayMs?: number
  sandboxDelayMs?: number
  sandboxError?: string
  notReadyReason?: string
  /** A /24; the network is not ready while it answers undefined. */
  podCidr?(): string | undefined
}

/** All there is; a runtime made with the state of another one finds its pods again. */
export interface SimulatedState {
  sandboxes: Map<string, SandboxStatus>
  containers: Map<string, SimulatedContainer>
  nextPid: number
}

interface SimulatedContainer {
  status: ContainerStatus
  plan: Plan
}

export function emptyState(): SimulatedState {
  return { sandboxes: new Map(), containers: new Map(), nextPid: 1000 }
}

const killed = 137

export class SimulatedRuntime implements ContainerRuntime {
  readonly state: SimulatedState
  readonly #options: SimulatedOptions
  readonly #images: Map<string, Image>
  readonly #listeners = new Set<EventQueue<RuntimeEvent>>()

  constructor(options: SimulatedOptions, state = emptyState()) {
    this.#options = options
    this.state = state
    this.#images = new Map((options.images ?? []).map(image => [image.id, image]))
  }

  async version(): Promise<{ name: string; version: string }> {
    return { name: 'simulated', version: '1.0.0' }
  }

  async notReadyReason(): Promise<string | undefined> {
    return this.#options.notReadyReason ?? (this.#podCidr() ? undefined : networkNotReady)
  }

  async runSandbox(config: SandboxConfig, signal: AbortSignal): Promise<SandboxStatus> {
    const { clock, sandboxDelayMs, sandboxError } = this.#options
    await this.#pause(sandboxDelayMs, signal)
    if (sandboxError) throw new RuntimeError('FailedCreatePodSandBox', sandboxError)
    const { pod, attempt, labels, annotations, hostNetwork } = config
    const ips = hostNetwork ? [] : [this.#freeAddress()]
    const id = newId()
    const status: SandboxStatus = {
      ...{ id, pod, attempt, ips, labels, annotations },
      ...{ state: 'ready', createdAtMs: clock.now() },
    }
    this.state.sandboxes.set(id, status)
    return structuredClone(status)
  }

  async stopSandbox(id: string): Promise<void> {
    const sandbox = this.state.sandboxes.get(id)
    if (!sandbox) return
    for (const { status } of this.#of(id)) this.#end(status.id, killed)
    this.state.sandboxes.set(id, { ...sandbox, state: 'not-ready', ips: [] })
  }

  async removeSandbox(id: string): Promise<void> {
    await this.stopSandbox(id)
    for (const { status } of this.#of(id)) this.state.containers.delete(status.id)
    this.state.sandboxes.delete(id)
  }

  async createContainer(sandboxId: string, config: ContainerConfig, _signal?: AbortSignal): Promise<string> {
    const sandbox = this.state.sandboxes.get(sandboxId)
    if (sandbox?.state !== 'ready') {
      throw new RuntimeError('CreateContainerError', `sandbox container "${sandboxId}" is not running`)
    }
    if (!this.#images.has(config.imageId)) {
      throw new RuntimeError('ErrImageNeverPull', `image "${config.imageId}" not found`)
    }
    const plan = this.#plan(config)
    if (plan.createError) throw new RuntimeError('CreateContainerError', plan.createError)
    const { name, attempt, image, imageId, logPath, labels, annotations } = config
    const id = newId()
    const status: ContainerStatus = {
      ...{ id, sandboxId, pod: sandbox.pod, name, attempt, image, imageId, logPath, labels, annotations },
      ...{ state: 'created', createdAtMs: this.#options.clock.now() },
    }
    this.state.containers.set(id, { status, plan })
    return id
  }

  async startContainer(id: string, signal: AbortSignal): Promise<void> {
    const { plan, status } = this.#known(id)
    if (status.state !== 'created') {
      throw new RuntimeError('RunContainerError', `container is in ${status.state} state`)
    }
    await this.#pause(plan.startDelayMs, signal)
    const startedAtMs = this.#options.clock.now()
    if (plan.startError) {
      const end = { exitCode: 128, finishedAtMs: startedAtMs, reason: 'StartError', message: plan.startError }
      this.#put(id, { ...status, state: 'exited', startedAtMs: 0, ...end })
      throw new RuntimeError('RunContainerError', plan.startError)
    }
    this.#put(id, { ...status, state: 'running', startedAtMs, pid: this.state.nextPid++ })
    if (plan.runMs !== undefined) this.#endLater(id, plan.runMs, plan.exitCode ?? 0)
  }

  async stopContainer(id: string, graceMs: number, signal: AbortSignal): Promise<void> {
    const container = this.state.containers.get(id)
    if (container?.status.state !== 'running') return
    if (graceMs > 0 && !container.plan.ignoresStopSignal) return this.#end(id, container.plan.exitCode ?? 143)
    await this.#pause(graceMs, signal)
    this.#end(id, killed)
  }

  async removeContainer(id: string): Promise<void> {
    this.#end(id, killed)
    this.state.containers.delete(id)
  }

  async list(): Promise<{ sandboxes: SandboxStatus[]; containers: ContainerStatus[] }> {
    const containers = [...this.state.containers.values()].map(({ status }) => status)
    return structuredClone({ sandboxes: [...this.state.sandboxes.values()], containers })
  }

  async *events(signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    const queue = new EventQueue<RuntimeEvent>()
    queue.push({ type: 'relist' })
    this.#listeners.add(queue)
    const close = () => queue.close()
    signal.addEventListener('abort', close, { once: true })
    if (signal.aborted) close()
    try {
      yield* queue
    } finally {
      this.#listeners.delete(queue)
    }
  }

  async execSync(id: string, command: string[], timeoutMs: number, signal: AbortSignal): Promise<ExecSyncResult> {
    const { status, plan } = this.#known(id)
    if (status.state !== 'running') throw new RuntimeError('ExecFailed', `container "${id}" is not running`)
    const { exitCode = 0, stdout = '', stderr = '', takesMs = 0 } = plan.exec ?? {}
    const isLate = timeoutMs > 0 && takesMs > timeoutMs
    await this.#pause(isLate ? timeoutMs : takesMs, signal)
    if (isLate) throw new RuntimeError('DeadlineExceeded', `command ${JSON.stringify(command)} timed out`)
    return { exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) }
  }

  async image(reference: string): Promise<Image | undefined> {
    return findImage([...this.#images.values()], reference)
  }

  async images(): Promise<Image[]> {
    return structuredClone([...this.#images.values()])
  }

  async pullImage(reference: string, signal: AbortSignal): Promise<Image> {
    await this.#pause(this.#options.pullDelayMs, signal)
    const { registry = [] } = this.#options
    const image = registry === 'any' ? anyImage(reference) : findImage(registry, reference)
    if (!image) {
      const name = normalizeReference(reference)
      throw new RuntimeError('ErrImagePull', `failed to pull and unpack image "${name}": ${name}: not found`)
    }
    this.#images.set(image.id, image)
    return image
  }

  async removeImage(id: string): Promise<void> {
    this.#images.delete(id)
  }

  /** As if the process had ended by itself, or somebody had killed it. */
  exit(id: string, exitCode: number): void {
    this.#end(id, exitCode)
  }

  #endLater(id: string, ms: number, exitCode: number): void {
    const { clock, log } = this.#options
    inBackground(
      log,
      'the end of a simulated container',
      clock.sleep(ms).then(() => this.#end(id, exitCode)),
    )
  }

  #end(id: string, exitCode: number): void {
    const container = this.state.containers.get(id)
    if (container?.status.state !== 'running') return
    const { pid: _, ...rest } = container.status
    const reason = container.plan.oomKilled ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error'
    this.#put(id, { ...rest, state: 'exited', exitCode, reason, finishedAtMs: this.#options.clock.now() })
    for (const queue of this.#listeners) queue.push({ type: 'pod-changed', podUid: rest.pod.uid })
  }

  #put(id: string, status: ContainerStatus): void {
    const container = this.state.containers.get(id)
    if (container) this.state.containers.set(id, { ...container, status })
  }

  #podCidr(): string | undefined {
    return this.#options.podCidr ? this.#options.podCidr() : '10.244.0.0/24'
  }

  /** Of the first sandbox-free number; .1 is the node's. */
  #freeAddress(): string {
    const network = this.#podCidr()?.split('.').slice(0, 3).join('.')
    if (!network) throw new RuntimeError('FailedCreatePodSandBox', 'cni plugin not initialized')
    const taken = new Set([...this.state.sandboxes.values()].flatMap(({ ips }) => ips))
    for (let last = 2; last < 255; last++) if (!taken.has(`${network}.${last}`)) return `${network}.${last}`
    throw new RuntimeError('FailedCreatePodSandBox', `no IP addresses available in network: ${network}.0/24`)
  }

  #plan({ image, name }: ContainerConfig): Plan {
    const fits = (plan: Plan) => (plan.image ?? image) === image && (plan.container ?? name) === name
    return (this.#options.plans ?? []).find(fits) ?? {}
  }

  #known(id: string): SimulatedContainer {
    const container = this.state.containers.get(id)
    if (!container) throw new RuntimeError('RunContainerError', `container "${id}" not found`)
    return container
  }

  #of(sandboxId: string): SimulatedContainer[] {
    return [...this.state.containers.values()].filter(({ status }) => status.sandboxId === sandboxId)
  }

  async #pause(ms: number | undefined, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (ms) await this.#options.clock.sleep(ms, signal)
  }
}

function findImage(images: Image[], reference: string): Image | undefined {
  const name = normalizeReference(reference)
  return images.find(({ id, tags, digests }) => id === reference || [...tags, ...digests].includes(name))
}

function anyImage(reference: string): Image {
  const name = normalizeReference(reference)
  const id = `sha256:${createHash('sha256').update(name).digest('hex')}`
  const isDigest = name.includes('@')
  return { id, tags: isDigest ? [] : [name], digests: isDigest ? [name] : [], sizeBytes: 1, user: '' }
}

function newId(): string {
  return crypto.randomUUID().replaceAll('-', '').repeat(2)
}
