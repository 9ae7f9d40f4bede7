// Brings a container's image to the node as its pull policy says, with a back-off per pod and image after failures.

import type { EventSink, EventType } from '../client/events.ts'
import { backoffMs } from '../util/backoff.ts'
import type { Clock } from '../util/clock.ts'
import { goQuote } from '../util/go-quote.ts'
import { containerRef, type Pod, type PodContainer, podUid } from './pod.ts'
import { referenceProblem } from './runtime/image-reference.ts'
import type { ContainerRuntime, Image } from './runtime/runtime.ts'
import { StartError } from './start-failure.ts'

export interface ImagesOptions {
  runtime: ContainerRuntime
  events: EventSink
  clock: Clock
  /** An image was pulled. */
  onPulled?: () => void
}

interface Failure {
  count: number
  untilMs: number
  message: string
}

const backOff = { initialMs: 10_000, maxMs: 300_000 }
/** So long ErrImagePull is shown before ImagePullBackOff. */
const showErrorMs = 2000

export class Images {
  readonly #options: ImagesOptions
  /** By pod uid and image. */
  readonly #failures = new Map<string, Failure>()

  constructor(options: ImagesOptions) {
    this.#options = options
  }

  /** Throws StartError: InvalidImageName, ErrImagePull, ImagePullBackOff, ErrImageNeverPull. */
  async ensure(pod: Pod, container: PodContainer, signal: AbortSignal): Promise<Image> {
    const { runtime } = this.#options
    const { image: name = '', imagePullPolicy: policy } = container.spec
    const tell = this.#teller(pod, container)
    checkName(name, tell)
    const reference = withDefaultTag(name)
    const present = await runtime.image(reference)
    if (present && policy !== 'Always') {
      tell('Normal', 'Pulled', `Container image "${name}" already present on machine and can be accessed by the pod`)
      return present
    }
    if (policy === 'Never') {
      const message = `Container image "${name}" is not present with pull policy of Never`
      tell('Warning', 'ErrImageNeverPull', message)
      throw new StartError('ErrImageNeverPull', message)
    }
    return this.#pull(`${podUid(pod)} ${reference}`, name, tell, signal)
  }

  forget(pod: Pod): void {
    for (const key of this.#failures.keys()) if (key.startsWith(`${podUid(pod)} `)) this.#failures.delete(key)
  }

  async #pull(key: string, name: string, tell: Teller, signal: AbortSignal): Promise<Image> {
    const { runtime, clock } = this.#options
    const failure = this.#failures.get(key)
    if (failure && clock.now() < failure.untilMs) {
      const message = `Back-off pulling image "${name}"`
      tell('Normal', 'BackOff', message)
      const withCause = `${message}: ErrImagePull: ${failure.message}`
      throw new StartError('ImagePullBackOff', withCause, { retryAtMs: failure.untilMs })
    }
    tell('Normal', 'Pulling', `Pulling image "${name}"`)
    const startedMs = clock.now()
    try {
      const image = await runtime.pullImage(withDefaultTag(name), signal)
      this.#failures.delete(key)
      this.#options.onPulled?.()
      const took = `${(clock.now() - startedMs) / 1000}s`
      const size = `Image size: ${image.sizeBytes} bytes.`
      tell('Normal', 'Pulled', `Successfully pulled image "${name}" in ${took} (${took} including waiting). ${size}`)
      return image
    } catch (error) {
      signal.throwIfAborted()
      throw this.#failed(key, name, tell, error)
    }
  }

  #failed(key: string, name: string, tell: Teller, error: unknown): StartError {
    const { clock } = this.#options
    const message = error instanceof Error ? error.message : String(error)
    tell('Warning', 'Failed', `Failed to pull image "${name}": ${message}`)
    const count = this.#failures.get(key)?.count ?? 0
    this.#failures.set(key, { count: count + 1, untilMs: clock.now() + backoffMs(count, backOff), message })
    return new StartError('ErrImagePull', message, { retryAtMs: clock.now() + showErrorMs, cause: error })
  }

  #teller(pod: Pod, container: PodContainer): Teller {
    const about = containerRef(pod, container)
    return (type, reason, message) => this.#options.events.event(about, type, reason, message)
  }
}

type Teller = (type: EventType, reason: string, message: string) => void

function checkName(name: string, tell: Teller): void {
  const problem = referenceProblem(name)
  if (!problem) return
  const quoted = goQuote(name)
  const message = `Failed to apply default image tag ${quoted}: couldn't parse image name ${quoted}: ${problem}`
  tell('Warning', 'InspectFailed', message)
  throw new StartError('InvalidImageName', message)
}

/** `web` is `web:latest`; a digest needs no tag. */
export function withDefaultTag(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1)
  return last.includes(':') || last.includes('@') ? image : `${image}:latest`
}
