// The node as it is at this moment, asked of the runtime with as few questions as will do: an idle node should be quiet.

import type { Clock } from '../util/clock.ts'
import type { NodeInput } from './node-status.ts'
import type { ContainerRuntime, Image } from './runtime/runtime.ts'

export type FixedFacts = Omit<NodeInput, 'runtimeVersion' | 'images' | 'notReadyReason'>

const imagesMaxAgeMs = 300_000

export class NodeInspector {
  readonly #runtime: Pick<ContainerRuntime, 'version' | 'images' | 'notReadyReason'>
  readonly #clock: Clock
  readonly #facts: FixedFacts
  #version: string | undefined
  #images: { list: Image[]; untilMs: number } | undefined

  constructor(
    runtime: Pick<ContainerRuntime, 'version' | 'images' | 'notReadyReason'>,
    clock: Clock,
    facts: FixedFacts,
  ) {
    this.#runtime = runtime
    this.#clock = clock
    this.#facts = facts
  }

  /** An image came or went: look at them next time. */
  imagesChanged(): void {
    this.#images = undefined
  }

  async inspect(): Promise<NodeInput> {
    const [notReadyReason, runtimeVersion, images] = await Promise.all([
      this.#runtime.notReadyReason(),
      this.#readVersion(),
      this.#readImages(),
    ])
    return { ...this.#facts, notReadyReason, runtimeVersion, images }
  }

  /** `containerd://1.6.20`; a runtime that does not answer is told by `notReadyReason`. */
  async #readVersion(): Promise<string> {
    if (this.#version) return this.#version
    try {
      const { name, version } = await this.#runtime.version()
      this.#version = `${name}://${version.replace(/^v/, '')}`
      return this.#version
    } catch {
      return 'containerd://Unknown'
    }
  }

  async #readImages(): Promise<Image[]> {
    const known = this.#images
    if (known && this.#clock.now() < known.untilMs) return known.list
    try {
      const list = await this.#runtime.images()
      this.#images = { list, untilMs: this.#clock.now() + imagesMaxAgeMs }
      return list
    } catch {
      return known?.list ?? []
    }
  }
}
