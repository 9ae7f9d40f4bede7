// The ContainerRuntime over containerd's command line. This file joins the parts: sandboxes (the pod's surroundings),
// containers (snapshot, mount, task), images, network and events.

import { aborted, inBackground } from '../../util/async.ts'
import { type Clock, systemClock } from '../../util/clock.ts'
import type { Logger } from '../../util/log.ts'
import { Cgroups } from '../cgroups.ts'
import { installLogger } from './container-logger.ts'
import { Ctr } from './ctr-command.ts'
import { CtrContainers } from './ctr-containers.ts'
import { ctrEvents } from './ctr-events.ts'
import { execInContainer } from './ctr-exec.ts'
import { CtrImages } from './ctr-images.ts'
import { CtrNetwork } from './ctr-network.ts'
import { type CtrRuntimeOptions, statePaths } from './ctr-options.ts'
import type { ContainerRecord, SandboxRecord } from './ctr-records.ts'
import { CtrSandboxes } from './ctr-sandboxes.ts'
import { EventQueue } from './event-queue.ts'
import { Records } from './records.ts'
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

export type { CtrRuntimeOptions } from './ctr-options.ts'

interface Parts {
  ctr: Ctr
  sandboxes: CtrSandboxes
  containers: CtrContainers
  images: CtrImages
  network: CtrNetwork
  clock: Clock
  log: Logger
}

const reconnectMs = 200

/** Reads what an earlier kubelet left; needs no containerd yet. */
export async function openCtrRuntime(
  options: CtrRuntimeOptions,
  log: Logger,
  clock = systemClock,
): Promise<CtrRuntime> {
  const { clusterName, socket, namespace = 'k8s.io' } = options
  const paths = statePaths(options)
  const ctr = new Ctr(socket, namespace)
  const images = new CtrImages(ctr)
  const network = new CtrNetwork(options)
  const cgroups = await Cgroups.detect(options.cgroupRoot)
  const logger = await installLogger(paths.bin)
  const common = { clusterName, cgroups, clock, log }
  const sandboxes = new CtrSandboxes({ ...common, network, records: new Records<SandboxRecord>(paths.sandboxes) })
  const records = new Records<ContainerRecord>(paths.containers)
  const containers = new CtrContainers({ ...common, ctr, images, logger, records })
  await sandboxes.load()
  await containers.load()
  return new CtrRuntime({ ctr, sandboxes, containers, images, network, clock, log })
}

export class CtrRuntime implements ContainerRuntime {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async version(): Promise<{ name: string; version: string }> {
    const text = await this.#parts.ctr.run(['version'])
    const version = /Server:\s+Version:\s+(\S+)/.exec(text)?.[1] ?? ''
    return { name: 'containerd', version }
  }

  async notReadyReason(): Promise<string | undefined> {
    try {
      await this.version()
    } catch (error) {
      this.#parts.log.debug({ err: error }, 'containerd does not answer')
      return 'container runtime is down'
    }
    return this.#parts.network.notReadyReason()
  }

  runSandbox(config: SandboxConfig, signal: AbortSignal): Promise<SandboxStatus> {
    return this.#parts.sandboxes.run(config, signal)
  }

  async stopSandbox(id: string, signal: AbortSignal): Promise<void> {
    const { sandboxes, containers } = this.#parts
    await Promise.all(containers.of(id).map(container => containers.stop(container.id, 0, signal)))
    await sandboxes.stop(id)
  }

  async removeSandbox(id: string, signal: AbortSignal): Promise<void> {
    const { sandboxes, containers } = this.#parts
    await Promise.all(containers.of(id).map(container => containers.remove(container.id, signal)))
    await sandboxes.remove(id)
  }

  async createContainer(sandboxId: string, config: ContainerConfig, signal: AbortSignal): Promise<string> {
    const { sandboxes, containers } = this.#parts
    const sandbox = sandboxes.ready(sandboxId)
    return containers.create(sandbox, sandboxes.facts(sandbox), config, signal)
  }

  startContainer(id: string, signal: AbortSignal): Promise<void> {
    return this.#parts.containers.start(id, signal)
  }

  stopContainer(id: string, graceMs: number, signal: AbortSignal): Promise<void> {
    return this.#parts.containers.stop(id, graceMs, signal)
  }

  removeContainer(id: string, signal: AbortSignal): Promise<void> {
    return this.#parts.containers.remove(id, signal)
  }

  async list(signal: AbortSignal): Promise<{ sandboxes: SandboxStatus[]; containers: ContainerStatus[] }> {
    const { sandboxes, containers } = this.#parts
    const running = await containers.list(signal)
    return { sandboxes: sandboxes.list(), containers: running }
  }

  /** Begins with `relist`, and says so again whenever the stream was cut. */
  async *events(signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    const { clock } = this.#parts
    while (!signal.aborted) {
      yield* this.#eventsUntilCut(signal)
      if (!signal.aborted) await Promise.race([clock.sleep(reconnectMs), aborted(signal)])
    }
  }

  /** Each end is dealt with beside the others; its pod is named when it is written down. */
  async *#eventsUntilCut(signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    const queue = new EventQueue<RuntimeEvent>()
    const abandoned = new AbortController()
    const reading = this.#read(queue, AbortSignal.any([signal, abandoned.signal])).finally(() => queue.close())
    inBackground(this.#parts.log, "reading containerd's events", reading, signal)
    try {
      yield* queue
    } finally {
      abandoned.abort()
    }
  }

  async #read(queue: EventQueue<RuntimeEvent>, signal: AbortSignal): Promise<void> {
    const { ctr, clock, containers, log } = this.#parts
    for await (const event of ctrEvents(ctr, clock, signal)) {
      if (event.type === 'listening') {
        queue.push({ type: 'relist' })
        continue
      }
      const record = containers.get(event.containerId)
      if (!record) continue
      const noted = containers.finish(record.id, event).then(() => {
        queue.push({ type: 'pod-changed', podUid: record.pod.uid })
      })
      inBackground(log, "noting a container's end", noted)
    }
  }

  execSync(id: string, command: string[], timeoutMs: number, signal: AbortSignal): Promise<ExecSyncResult> {
    const { ctr, clock } = this.#parts
    return execInContainer({ ctr, clock, id, command, timeoutMs, signal })
  }

  image(reference: string): Promise<Image | undefined> {
    return this.#parts.images.find(reference)
  }

  images(): Promise<Image[]> {
    return this.#parts.images.list()
  }

  pullImage(reference: string, signal: AbortSignal): Promise<Image> {
    return this.#parts.images.pull(reference, signal)
  }

  removeImage(id: string): Promise<void> {
    return this.#parts.images.remove(id)
  }
}
