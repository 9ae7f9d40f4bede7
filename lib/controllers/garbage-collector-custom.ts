// The garbage collector's view of custom kinds, which come and go: one watch that follows the definitions, and with each
// of them the objects of its kind.

import { isConditionTrue } from '../api/conditions.ts'
import { qualified } from '../api/errors.ts'
import type { KubeObject } from '../api/meta.ts'
import { apiVersionOf, type ResourceDefinition } from '../api/resource.ts'
import { Informer } from '../client/informer.ts'
import type { ControllerContext } from '../controller/context.ts'
import type { Watch } from '../controller/watch.ts'
import { customKinds } from '../kinds/apiextensions/custom-kind.ts'
import {
  type CustomResourceDefinition,
  customResourceDefinitions,
} from '../kinds/apiextensions/custom-resource-definition.ts'
import { inBackground } from '../util/async.ts'

/** Answers the keys that a change concerns. */
type Observe = (
  definition: ResourceDefinition,
  old: KubeObject | undefined,
  current: KubeObject | undefined,
) => Iterable<string>

interface Followed {
  definition: ResourceDefinition
  informer: Informer<KubeObject>
  stop(): void
}

type Context = Pick<ControllerContext, 'client' | 'informers' | 'clock' | 'log'>

export class CustomKindsWatch implements Watch {
  readonly kind = 'custom kinds'
  readonly #context: Context
  readonly #observe: Observe
  readonly #definitions: Informer<CustomResourceDefinition>
  /** By the definition's name. */
  readonly #followed = new Map<string, Followed>()

  constructor(context: Context, observe: Observe) {
    this.#context = context
    this.#observe = observe
    this.#definitions = context.informers.of(customResourceDefinitions)
  }

  /** The custom kinds there are now, in every version. */
  get kinds(): ResourceDefinition[] {
    return this.#definitions.list().flatMap(customKinds)
  }

  synced(signal: AbortSignal): Promise<void> {
    return this.#definitions.synced(signal)
  }

  /** What the collector does to custom objects it does on the very version it has seen: there is nothing to wait for. */
  async seen(): Promise<void> {}
  async gone(): Promise<void> {}

  subscribe(enqueue: (key: string) => void): () => void {
    const unwatch = this.#definitions.onChange((old, current) => this.#definitionChanged(old, current, enqueue))
    return () => {
      unwatch()
      for (const { stop } of this.#followed.values()) stop()
      this.#followed.clear()
    }
  }

  #definitionChanged(
    old: CustomResourceDefinition | undefined,
    current: CustomResourceDefinition | undefined,
    enqueue: (key: string) => void,
  ): void {
    const name = (current ?? old)?.metadata.name ?? ''
    const before = this.#followed.get(name)
    const definition =
      current && isConditionTrue(current.status?.conditions, 'Established') ? oneOf(current) : undefined
    if (definition && before && isSame(definition, before.definition)) return
    before?.stop()
    this.#followed.delete(name)
    if (definition) this.#followed.set(name, this.#follow(definition, enqueue))
  }

  #follow(definition: ResourceDefinition, enqueue: (key: string) => void): Followed {
    const { client, clock, log } = this.#context
    const informer = new Informer<KubeObject>({
      name: qualified(definition),
      source: client.source(definition),
      log,
      clock,
    })
    const over = new AbortController()
    const observe = (old: KubeObject | undefined, current: KubeObject | undefined) => {
      for (const key of this.#observe(definition, old, current)) enqueue(key)
    }
    const unwatch = informer.onChange(observe)
    inBackground(log, `following ${informer.name}`, informer.run(over.signal), over.signal)
    const stop = () => {
      over.abort()
      unwatch()
      // Whatever is not followed any more is nobody's owner.
      for (const object of informer.list()) observe(object, undefined)
    }
    return { definition, informer, stop }
  }
}

/** Objects are the same in every version; the first that is served will do. */
function oneOf(crd: CustomResourceDefinition): ResourceDefinition | undefined {
  return customKinds(crd)[0]
}

function isSame(a: ResourceDefinition, b: ResourceDefinition): boolean {
  return apiVersionOf(a) === apiVersionOf(b) && a.plural === b.plural && a.kind === b.kind && a.scope === b.scope
}
