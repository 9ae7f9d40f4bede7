// What the runtime last said of every pod. One list serves all who ask at that moment; between lists the runtime's
// events say which pod to look at again.

import { setImmediate } from 'node:timers/promises'
import { type Clock, systemClock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import { newestFirst } from './observed.ts'
import type { ContainerRuntime, ContainerStatus, SandboxStatus } from './runtime/runtime.ts'

export interface PodInRuntime {
  sandboxes: SandboxStatus[]
  containers: ContainerStatus[]
}

export interface RuntimeViewOptions {
  runtime: Pick<ContainerRuntime, 'list' | 'events'>
  log: Logger
  clock?: Clock
  /** For as long as the view is used; one asker that gives up must not end the list of the others. */
  signal: AbortSignal
}

const reconnectMs = 1000

export class RuntimeView {
  readonly #options: RuntimeViewOptions
  readonly #clock: Clock
  #pods = new Map<string, PodInRuntime>()
  #listing: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(options: RuntimeViewOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  /** By pod uid, as of the last list. */
  of(uid: string): PodInRuntime {
    return this.#pods.get(uid) ?? { sandboxes: [], containers: [] }
  }

  get podUids(): string[] {
    return [...this.#pods.keys()]
  }

  /** Resolves when a list that began after this call has been taken in; those who ask at one moment share it. */
  refresh(): Promise<void> {
    this.#next ??= this.#afterCurrent()
    return this.#next
  }

  /** Calls `onPod` for each pod that changed, until the signal is aborted. */
  async run(onPod: (uid: string) => void): Promise<void> {
    const { signal } = this.#options
    while (!signal.aborted) {
      try {
        for await (const event of this.#options.runtime.events(signal)) {
          if (event.type === 'pod-changed') onPod(event.podUid)
          else await this.#relist(onPod)
        }
      } catch (error) {
        if (signal.aborted) return
        this.#options.log.warn({ err: error }, "the runtime's events broke off: following them again")
      }
      await this.#clock.sleep(reconnectMs, signal).catch(() => {})
      if (!signal.aborted) await this.#relist(onPod).catch(error => this.#options.log.warn({ err: error }))
    }
  }

  async #relist(onPod: (uid: string) => void): Promise<void> {
    const before = this.podUids
    await this.refresh()
    for (const uid of new Set([...before, ...this.podUids])) onPod(uid)
  }

  async #afterCurrent(): Promise<void> {
    await this.#listing?.catch(() => {})
    await setImmediate()
    this.#next = undefined
    this.#listing = this.#list()
    return this.#listing
  }

  async #list(): Promise<void> {
    const { sandboxes, containers } = await this.#options.runtime.list(this.#options.signal)
    const pods = new Map<string, PodInRuntime>()
    const at = (uid: string) => {
      const known = pods.get(uid) ?? { sandboxes: [], containers: [] }
      pods.set(uid, known)
      return known
    }
    for (const sandbox of sandboxes) at(sandbox.pod.uid).sandboxes.push(sandbox)
    for (const container of containers) at(container.pod.uid).containers.push(container)
    for (const pod of pods.values()) {
      pod.sandboxes = newestFirst(pod.sandboxes)
      pod.containers = newestFirst(pod.containers)
    }
    this.#pods = pods
  }
}
