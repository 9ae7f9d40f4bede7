// What is known of one pod, put together from the runtime's last list, its probes, what its containers said at their
// end and what went wrong on their way up.

import type { NodeContext } from './node-context.ts'
import type { Observed, StartFailure } from './observed.ts'
import { findContainer, type Pod, podUid } from './pod.ts'
import { PodProbes } from './probes.ts'
import type { ContainerStatus } from './runtime/runtime.ts'
import { terminationMessage } from './termination-message.ts'

export class PodObserver {
  readonly #context: NodeContext
  readonly #probes: PodProbes
  /** By container name; '' is the sandbox. */
  readonly failures = new Map<string, StartFailure>()
  /** By container id. */
  readonly #messages = new Map<string, string>()
  #ended = false

  /** `onChange`: a probe found something new. */
  constructor(context: NodeContext, onChange: () => void) {
    this.#context = context
    this.#probes = new PodProbes({ ...context, onChange })
  }

  /** From now on only readiness is probed. */
  endLiveness(): void {
    this.#probes.endLiveness()
  }

  /** Nothing is probed any more. */
  end(): void {
    this.#ended = true
    this.#probes.stop()
  }

  /** After a fresh list. */
  async look(pod: Pod, terminatingSinceMs: number | undefined): Promise<Observed> {
    await this.#context.view.refresh()
    return this.#observed(pod, terminatingSinceMs)
  }

  async #observed(pod: Pod, terminatingSinceMs: number | undefined): Promise<Observed> {
    const { view, node } = this.#context
    const { sandboxes, containers } = view.of(podUid(pod))
    for (const ended of containers) if (ended.state === 'exited') await this.#readMessage(pod, ended)
    const podIP = sandboxes[0]?.ips[0] ?? node.ips[0] ?? ''
    const running = containers.filter(({ state }) => state === 'running')
    if (!this.#ended) this.#probes.watch(pod, podIP, running)
    return {
      sandboxes,
      containers,
      probes: this.#probes.results,
      failures: this.failures,
      terminationMessages: this.#messages,
      ...(terminatingSinceMs === undefined ? {} : { terminatingSinceMs }),
    }
  }

  async #readMessage(pod: Pod, ended: ContainerStatus): Promise<void> {
    const spec = findContainer(pod, ended.name)?.spec
    if (!spec || this.#messages.has(ended.id)) return
    const path = this.#context.paths.terminationLog(podUid(pod), ended.name, ended.attempt)
    this.#messages.set(ended.id, await terminationMessage(spec, ended, path))
  }
}
