// The pods of this node: one worker each, told of what changes in the API and in the runtime. What runs here and is no
// longer in the API is taken away.

import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Informer } from '../client/informer.ts'
import { inBackground } from '../util/async.ts'
import type { NodeContext } from './node-context.ts'
import { formatPod, hasFinalPhase, type Pod, podUid } from './pod.ts'
import { rejectionOf } from './pod-fit.ts'
import { PodWorker } from './pod-worker.ts'

const runtimeRetryMs = 1000

export class Kubelet {
  readonly #context: NodeContext
  readonly #pods: Informer<Pod>
  readonly #signal: AbortSignal
  readonly #workers = new Map<string, PodWorker>()
  /** Finished here; the API may still show them for a while. */
  readonly #gone = new Set<string>()

  /** `pods`: those of this node alone. */
  constructor(context: NodeContext, pods: Informer<Pod>, signal: AbortSignal) {
    this.#context = context
    this.#pods = pods
    this.#signal = signal
  }

  /** Every pod with a worker, as last known. */
  get pods(): Pod[] {
    return [...this.#workers.values()].map(worker => worker.pod)
  }

  pod(namespace: string, name: string): Pod | undefined {
    return this.#pods.get(`${namespace}/${name}`)
  }

  /** Lives until the signal is aborted; containers live on. */
  async run(): Promise<void> {
    const { view } = this.#context
    await this.#firstList()
    const events = view.run(uid => this.#workers.get(uid)?.poke())
    await this.#pods.synced(this.#signal)
    this.#pods.onChange((old, current) => this.#changed(old, current))
    await this.#removeLeftovers()
    await events
  }

  /** Until the runtime answers nothing is known of what runs here. */
  async #firstList(): Promise<void> {
    const { view, clock, log } = this.#context
    for (;;) {
      try {
        await view.refresh()
        return
      } catch (error) {
        this.#signal.throwIfAborted()
        log.warn({ err: error }, 'the runtime does not answer: trying again')
        await clock.sleep(runtimeRetryMs, this.#signal)
      }
    }
  }

  #changed(old: Pod | undefined, current: Pod | undefined): void {
    if (!current) {
      if (old) this.#forgotten(old)
      return
    }
    const uid = podUid(current)
    const known = this.#workers.get(uid)
    if (known) known.update(current)
    else if (!this.#gone.has(uid)) this.#begin(current)
  }

  #forgotten(pod: Pod): void {
    this.#gone.delete(podUid(pod))
    this.#workers.get(podUid(pod))?.remove()
  }

  #begin(pod: Pod): PodWorker {
    const { log } = this.#context
    const uid = podUid(pod)
    const others = this.pods
    const worker = new PodWorker(this.#context, pod, this.#signal)
    this.#workers.set(uid, worker)
    this.#admit(worker, others)
    const running = worker.run().finally(() => {
      this.#workers.delete(uid)
      if (this.#pods.get(`${pod.metadata.namespace}/${pod.metadata.name}`)?.metadata.uid === uid) this.#gone.add(uid)
    })
    inBackground(log, `the worker of ${formatPod(pod)}`, running, this.#signal)
    return worker
  }

  /** Only a pod that has never been here is asked whether it fits. */
  #admit(worker: PodWorker, others: Pod[]): void {
    const { pod } = worker
    const { view, node, events } = this.#context
    const isKnown = pod.status?.startTime || view.of(podUid(pod)).sandboxes.length > 0
    if (isKnown || hasFinalPhase(pod.status) || pod.metadata.deletionTimestamp) return
    const rejection = rejectionOf(pod, others, node.allocatable)
    if (!rejection) return
    events.event(pod, 'Warning', rejection.reason, rejection.message)
    worker.reject(rejection)
  }

  /** After the API has said which pods there are: everything of others goes. */
  async #removeLeftovers(): Promise<void> {
    const { view, mounts, paths, log } = this.#context
    for (const uid of view.podUids) {
      if (this.#workers.has(uid)) continue
      log.info({ uid }, 'a pod that is no longer in the API runs here: it is taken away')
      this.#begin(this.#stray(uid)).remove()
    }
    for (const uid of await names(paths.pods)) {
      if (!this.#workers.has(uid)) await mounts.removeTree(paths.pod(uid))
    }
    for (const name of await names(paths.logDir)) {
      const uid = name.slice(name.lastIndexOf('_') + 1)
      if (!this.#workers.has(uid)) await rm(join(paths.logDir, name), { recursive: true, force: true })
    }
  }

  /** What is left of a pod nobody can describe any more. */
  #stray(uid: string): Pod {
    const { sandboxes, containers } = this.#context.view.of(uid)
    const { name = '', namespace = '' } = (sandboxes[0] ?? containers[0])?.pod ?? {}
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, uid },
      spec: { containers: [], terminationGracePeriodSeconds: 1 },
    }
  }
}

async function names(dir: string): Promise<string[]> {
  try {
    return await readdir(dir)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
